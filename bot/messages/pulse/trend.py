"""The words and figures on the picture of how it was, week by week."""

from __future__ import annotations

from datetime import UTC

from bot.core.durations import DAY
from bot.core.pulse import ENOUGH, PulseFigures, add_up
from bot.messages.buttons import Button
from bot.messages.keyboards import Row, tap_row
from bot.messages.shop import Shop
from bot.messages.stats.trend import TrendTexts
from bot.messages.texts import Texts
from bot.services.pulse.measuring import PulseView
from bot.services.stats import PageView

PULSE_TREND = Button("pulse_trend", "stats.pulse.trend")

_PERIOD = 4
"""Weeks, held against as many before."""

_UNKNOWN = "\N{EN DASH}"


def list_pulse_taps(texts: Texts, view: PageView) -> list[Row]:
    """The picture, once it has something to show."""
    return [tap_row(texts, PULSE_TREND)] if view.pulse is not None and view.pulse.whole.enough else []


def compose_pulse_trend(texts: Texts, shop: Shop, pulse: PulseView) -> TrendTexts:
    """Average, promoters and answers of four weeks and of four before; a week too few have answered in has no bar."""
    weeks, mondays, campaign = list(pulse.weeks.values()), list(pulse.weeks), shop.campaign
    lately, before = add_up(weeks[-_PERIOD:]), add_up(weeks[-2 * _PERIOD : -_PERIOD])
    figures = (
        ("stats.pulse.chart.average", _say_average(texts, lately), _say_average(texts, before)),
        ("stats.pulse.chart.promoters", _say_nps(texts, lately), _say_nps(texts, before)),
        ("stats.pulse.chart.answered", texts.number(lately.answered), texts.number(before.answered)),
        ("stats.pulse.chart.asked", texts.number(lately.asked), texts.number(before.asked)),
    )
    dates = [texts.date(day * DAY, UTC) for day in (mondays[0], mondays[len(mondays) // 2], mondays[-1])]
    return TrendTexts(
        title=texts.plain("stats.pulse.chart.title", brand=shop.brand(texts.language)),
        figures=[(texts.plain(key), now, texts.plain("stats.chart.before", number=was)) for key, now, was in figures],
        axis_title=texts.plain("stats.pulse.chart.axis", least=ENOUGH),
        bars=[
            (round(100 * week.average) if week.enough else 0, _say_average(texts, week), min(ago // _PERIOD, 2))
            for ago, week in zip(reversed(range(len(weeks))), weeks, strict=True)
        ],
        dates=(dates[0], dates[1], dates[2]),
        nothing=texts.plain("stats.pulse.chart.early", least=ENOUGH),
        theme=campaign.theme,
        main=campaign.main_colour,
        accent=campaign.accent_colour,
    )


def _say_average(texts: Texts, figures: PulseFigures) -> str:
    return texts.number(figures.average, digits=1) if figures.enough else _UNKNOWN


def _say_nps(texts: Texts, figures: PulseFigures) -> str:
    return texts.number(figures.nps) if figures.enough else _UNKNOWN

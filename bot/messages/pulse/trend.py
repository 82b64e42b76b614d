"""The words and figures on the picture of how it was, week by week."""

from __future__ import annotations

from bot.core.pulse import ENOUGH, PulseFigures, add_up
from bot.messages.keyboards import Row, tap_row
from bot.messages.pulse.buttons import PULSE_TREND
from bot.messages.shop import Shop
from bot.messages.stats.trend import WEEKS_EACH, TrendTexts, say_dates
from bot.messages.texts import Texts
from bot.services.pulse.measuring import PulseView
from bot.services.stats import PageView

_UNKNOWN = "\N{EN DASH}"


def list_pulse_taps(texts: Texts, view: PageView) -> list[Row]:
    """The picture, once it has something to show."""
    return [tap_row(texts, PULSE_TREND)] if view.pulse is not None and view.pulse.whole.enough else []


def compose_pulse_trend(texts: Texts, shop: Shop, pulse: PulseView) -> TrendTexts:
    """Average, promoters and answers of four weeks and of four before; a week too few have answered in has no bar."""
    weeks, campaign = list(pulse.weeks.values()), shop.campaign
    lately, before = add_up(weeks[-WEEKS_EACH:]), add_up(weeks[-2 * WEEKS_EACH : -WEEKS_EACH])
    figures = (
        ("stats.pulse.chart.average", _say_average(texts, lately), _say_average(texts, before)),
        ("stats.pulse.chart.promoters", _say_nps(texts, lately), _say_nps(texts, before)),
        ("stats.pulse.chart.answered", texts.number(lately.answered), texts.number(before.answered)),
        ("stats.pulse.chart.asked", texts.number(lately.asked), texts.number(before.asked)),
    )
    return TrendTexts(
        title=texts.plain("stats.pulse.chart.title", brand=shop.brand(texts.language)),
        figures=[(texts.plain(key), now, texts.plain("stats.chart.before", number=was)) for key, now, was in figures],
        axis_title=texts.plain("stats.pulse.chart.axis", least=ENOUGH),
        bars=[
            (round(100 * week.average) if week.enough else 0, _say_average(texts, week), min(ago // WEEKS_EACH, 2))
            for ago, week in zip(reversed(range(len(weeks))), weeks, strict=True)
        ],
        dates=say_dates(texts, list(pulse.weeks)),
        nothing=texts.plain("stats.pulse.chart.early", least=ENOUGH),
        theme=campaign.theme,
        main=campaign.main_colour,
        accent=campaign.accent_colour,
    )


def _say_average(texts: Texts, figures: PulseFigures) -> str:
    return texts.number(figures.average, digits=1) if figures.enough else _UNKNOWN


def _say_nps(texts: Texts, figures: PulseFigures) -> str:
    return texts.number(figures.nps) if figures.enough else _UNKNOWN

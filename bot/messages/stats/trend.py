"""The words and figures on the picture of /stats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from bot.core.durations import DAY
from bot.core.funnel import PERIOD_DAYS
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.stats import StatsView
from storage.frozen import frozen

WEEKS_EACH = PERIOD_DAYS // 7
"""Of the weeks that a picture shows, so many are this period, and as many the one before."""


@frozen
class TrendTexts:
    """Everything that is drawn and written on the picture, ready to read."""

    title: str
    figures: list[tuple[str, str, str]]
    """What is counted, how much of it within this period, and how much within the one before."""
    axis_title: str
    bars: list[tuple[int, str, int]]
    """Friends who came in a week, as written, and in which period: 0 this one, 1 the one before, 2 earlier; the oldest first."""
    dates: tuple[str, str, str]
    """When the first week begins, one in the middle, and this one."""
    nothing: str
    """Where nobody has brought anyone yet."""
    theme: str = ""
    main: str = ""
    accent: str = ""
    """The shop's colours."""


def compose_trend(texts: Texts, shop: Shop, view: StatsView) -> TrendTexts:
    """The figures in the words of one language."""
    lately, before, mondays = view.figures.lately, view.figures.before, list(view.weeks)
    counted = (
        ("stats.chart.members", lately.members, before.members),
        ("stats.chart.sent", lately.sent, before.sent),
        ("stats.chart.clicked", lately.clicked, before.clicked),
        ("stats.chart.started", lately.started, before.started),
    )
    bars = list(enumerate(reversed([week.started for week in view.weeks.values()])))
    campaign = shop.campaign
    return TrendTexts(
        title=texts.plain("stats.chart.title", brand=shop.brand(texts.language)),
        figures=[
            (texts.plain(key), texts.number(now), texts.plain("stats.chart.before", number=was))
            for key, now, was in counted
        ],
        axis_title=texts.plain("stats.chart.axis"),
        bars=[(count, texts.number(count), min(ago // WEEKS_EACH, 2)) for ago, count in reversed(bars)],
        dates=say_dates(texts, mondays),
        nothing=texts.plain("stats.chart.nobody"),
        theme=campaign.theme,
        main=campaign.main_colour,
        accent=campaign.accent_colour,
    )


def say_dates(texts: Texts, mondays: Sequence[int]) -> tuple[str, str, str]:
    """The first day, one in the middle and the last, of days since 1970."""
    first, middle, last = (texts.date(day * DAY, UTC) for day in (mondays[0], mondays[len(mondays) // 2], mondays[-1]))
    return first, middle, last

"""The words and figures on the picture of /stats."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.shop import Shop
from bot.messages.texts import Texts, show_plain_name
from bot.services.stats import StatsView

NAME_LIMIT = 32
"""The picture cuts by measure; this keeps what it has to measure short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTexts:
    """Everything that is written on the chart, ready to read."""

    title: str
    figures: list[tuple[str, str]]
    """What is counted, and how much of it."""
    top_title: str
    top: list[tuple[str, int, str]]
    """Name, joins, joins as written; most first."""
    nameless: str
    """For a name of which no character can be drawn."""
    nobody: str
    """Where nobody has brought anyone yet."""


def compose_chart(texts: Texts, shop: Shop, view: StatsView) -> ChartTexts:
    """The figures in the words of one language."""
    return ChartTexts(
        title=texts.plain("stats.chart.title", brand=shop.brand(texts.language)),
        figures=[
            (texts.plain("stats.chart.members"), texts.number(view.figures.funnel.members)),
            (texts.plain("stats.chart.joins"), texts.number(view.figures.funnel.started)),
            (texts.plain("stats.chart.shares"), texts.number(view.figures.funnel.handed)),
            (texts.plain("stats.chart.k"), texts.number(view.figures.growth.k, digits=2)),
        ],
        top_title=texts.plain("stats.chart.top"),
        top=[
            (
                show_plain_name(texts, line.name, first=True, limit=NAME_LIMIT),
                line.score,
                texts.number(line.score),
            )
            for line in view.top
        ],
        nameless=texts.plain("name.nobody_first"),
        nobody=texts.plain("stats.chart.nobody"),
    )

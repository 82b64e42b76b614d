"""What members have told the shop, in figures: those who asked for a person, and how they were answered."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.durations import DAY_SECONDS, HOUR_SECONDS
from bot.core.funnel import PERIOD_DAYS
from bot.messages.texts import Html, Texts
from bot.services.tickets.watching import DeskFigures


def say_desk(texts: Texts, desk: DeskFigures) -> Html:
    """How many asked, how many are not closed, and how long an answer takes; medians of enough answers only."""
    return Html("\n".join(_list_lines(texts, desk)))


def say_span(texts: Texts, seconds: int) -> str:
    """A time as people say it, in its largest fitting unit: 90 minutes, 47 hours, 2 days."""
    if seconds >= 2 * DAY_SECONDS:
        return texts.plain("span.days", count=round(seconds / DAY_SECONDS))
    if seconds >= 2 * HOUR_SECONDS:
        return texts.plain("span.hours", count=round(seconds / HOUR_SECONDS))
    return texts.plain("span.minutes", count=max(1, round(seconds / 60)))


def _list_lines(texts: Texts, desk: DeskFigures) -> Iterator[Html]:
    lately = desk.lately
    yield texts.say("stats.voice.asked", number=lately.tickets, days=PERIOD_DAYS)
    yield texts.say("stats.voice.open", number=desk.open)
    if lately.tickets:
        yield _say(texts, "stats.voice.answered", "stats.voice.answered_within", lately.answered, lately.answer_seconds)
        yield _say(texts, "stats.voice.solved", "stats.voice.solved_within", lately.solved, lately.solved_seconds)


def _say(texts: Texts, alone: str, within: str, number: int, seconds: int | None) -> Html:
    if seconds is None:
        return texts.say(alone, number=number)
    return texts.say(within, number=number, span=say_span(texts, seconds))

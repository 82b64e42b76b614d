"""What becomes of a ticket: who answers it by when, what a step makes of it, and how long people wait."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.core.campaigns.rules import parse_chat
from bot.core.durations import HOUR
from bot.core.setting import Setting
from bot.late import late
from storage.frozen import frozen
from storage.records import PersonId
from storage.ticket import Said, Shape, TicketRow, TicketState

if TYPE_CHECKING:
    import statistics
else:
    statistics = late("statistics")

DEFAULT_HOURS = 24
MOST_HOURS = 14 * 24
"""The longest that a shop may promise."""

MOST_WORDS = 4096
"""Characters of a message; Telegram's own limit."""

LEAST_FIGURES = 5
"""Below so many tickets a median says nothing."""


def compute_due(now: int, hours: int) -> int:
    """By when an answer is promised."""
    return now + hours * HOUR


def compute_reminder(due_at: int, hours: int) -> int:
    """When the team is reminded: with a quarter of the promised time left."""
    return due_at - hours * HOUR // 4


def decide_taken(row: TicketRow, by: PersonId) -> TicketRow | None:
    """Taken by somebody, also from another; None where it is theirs already, or over."""
    if row.state is TicketState.CLOSED or row.taken_by_id == by:
        return None
    state = row.state if row.state is TicketState.ANSWERED else TicketState.TAKEN
    return replace(row, state=state, taken_by_id=by)


def decide_answered(row: TicketRow, by: PersonId, now: int) -> TicketRow:
    """Answered by somebody, who has it from now on where nobody had; one that was closed stays so."""
    closed = row.state is TicketState.CLOSED
    return replace(
        row,
        state=TicketState.CLOSED if closed else TicketState.ANSWERED,
        taken_by_id=row.taken_by_id or by,
        answered_at=row.answered_at or now,
        due_at=None,
        look_at=None,
    )


def decide_closed(row: TicketRow, now: int) -> TicketRow | None:
    """Closed; None where it was."""
    if row.state is TicketState.CLOSED:
        return None
    return replace(row, state=TicketState.CLOSED, closed_at=now, due_at=None, look_at=None)


def decide_written(row: TicketRow, now: int, hours: int) -> TicketRow:
    """The member has said more: what was answered waits again, what was closed comes back."""
    if row.state is TicketState.CLOSED:
        return decide_reopened(row, now, hours)
    if row.state is not TicketState.ANSWERED:
        return row
    due_at = compute_due(now, hours)
    state = TicketState.TAKEN if row.taken_by_id is not None else TicketState.OPEN
    return replace(row, state=state, due_at=due_at, look_at=compute_reminder(due_at, hours))


def decide_reopened(row: TicketRow, now: int, hours: int) -> TicketRow:
    """It is not solved for the member."""
    due_at = compute_due(now, hours)
    look_at = compute_reminder(due_at, hours)
    return replace(row, state=TicketState.REOPENED, closed_at=None, solved_at=None, due_at=due_at, look_at=look_at)


def decide_solved(row: TicketRow, now: int) -> TicketRow | None:
    """The member says that it is solved; None where that was said, or it was not closed."""
    if row.state is not TicketState.CLOSED or row.solved_at is not None:
        return None
    return replace(row, solved_at=now)


def decide_looked_at(row: TicketRow, now: int) -> TicketRow:
    """The team was reminded, and an owner is told when the promise is due; after that nobody is told again."""
    late = row.due_at is None or row.due_at <= now
    return replace(row, look_at=None if late else row.due_at)


def is_late(row: TicketRow, now: int) -> bool:
    """Whether an answer was promised by now."""
    return row.due_at is not None and row.due_at <= now


@frozen
class TicketFigures:
    """How a shop answers."""

    tickets: int
    answered: int
    solved: int
    answer_seconds: int | None
    """Median from opening to the first answer; None below `LEAST_FIGURES` answered ones."""
    solved_seconds: int | None
    """Median from opening to the member's word that it is solved; likewise."""


def compute_figures(times: Sequence[tuple[int, int | None, int | None]]) -> TicketFigures:
    """How a shop answers.

    Args:
        times: When each ticket was opened, first answered (None: not yet), and called solved by the member.
    """
    answers = [answered - opened for opened, answered, _ in times if answered is not None]
    solutions = [solved - opened for opened, _, solved in times if solved is not None]
    return TicketFigures(
        tickets=len(times),
        answered=len(answers),
        solved=len(solutions),
        answer_seconds=_compute_median(answers),
        solved_seconds=_compute_median(solutions),
    )


def _compute_median(durations: Iterable[int]) -> int | None:
    found = sorted(durations)
    return int(statistics.median(found)) // 1_000_000 if len(found) >= LEAST_FIGURES else None


_SHAPES = {"text": Shape.TEXT, "photo": Shape.PHOTO, "voice": Shape.VOICE, "document": Shape.DOCUMENT}
_OTHER = ("video", "audio", "animation", "sticker", "video_note")
"""What else a bot can copy, and somebody may show what they mean with."""


def parse_said(message: Mapping[str, Any]) -> Said | None:
    """What a message of Telegram's says; None for what cannot be passed on: a poll, a contact, a place."""
    shape = next((shape for name, shape in _SHAPES.items() if message.get(name)), None)
    if any(message.get(name) for name in _OTHER):
        shape = Shape.OTHER
    chat = message.get("chat")
    if shape is None or not isinstance(chat, Mapping):
        return None
    words = str(message.get("text") or message.get("caption") or "")[:MOST_WORDS]
    return Said(words=words, shape=shape, chat_id=int(chat["id"]), message_id=int(message["message_id"]))


TEMPLATES = ("thanks", "understood", "next", "solved")
"""Sentences that are shipped: their words lie with the texts of each language."""

MOST_TEMPLATE_WORDS = 1000
TEMPLATE_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
"""Short, and fit for a button."""


def fill_template(words: str, *, name: str, shop: str, hours: str) -> str:
    """A shop's own sentence with what stands for {name}, {shop} and {hours} in it."""
    for placeholder, value in (("{name}", name), ("{shop}", shop), ("{hours}", hours)):
        words = words.replace(placeholder, value)
    return words


def _parse_hours(said: str) -> int:
    if not said.isascii() or not said.isdecimal() or not 1 <= int(said[:5]) <= MOST_HOURS:
        raise ValueError("is no such number of hours")
    return int(said)


def _parse_staff_chat(said: str) -> int | str | None:
    if not said:
        return None
    found = parse_chat(said)
    if found is None:
        raise ValueError("is no group")
    return found


STAFF_CHAT: Setting[int | str | None] = Setting(
    name="STAFF_CHAT",
    default="",
    parse=_parse_staff_chat,
    right="It is the number of a group, such as -1001234567890, or its @name.",
)
ANSWER_HOURS: Setting[int] = Setting(
    name="ANSWER_HOURS",
    default=str(DEFAULT_HOURS),
    parse=_parse_hours,
    right=f"Within so many hours members are promised an answer: from 1 to {MOST_HOURS}.",
)

"""How members say it was: one question at a time, and what may be asked of somebody next."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, NewType

from storage.frozen import frozen
from storage.records import PersonId

PulseId = NewType("PulseId", int)


class PulseCause(StrEnum):
    """After what a member is asked how it was."""

    JOINED = "joined"
    """So many days after their start."""
    PURCHASED = "purchased"
    REDEEMED = "redeemed"
    """A reward was handed out to them."""


class AskCause(StrEnum):
    """Which good moment the bot takes to offer a member their card."""

    PULSE = "pulse"
    """They said that they are pleased."""
    TIER = "tier"
    REDEEMED = "redeemed"
    IDEA = "idea"
    """An idea of theirs was adopted."""
    SOLVED = "solved"
    """They said that what was wrong is right now."""
    QUIET = "quiet"
    """They have not shared for a while, and it was night when that was so."""


@frozen
class Pulse:
    """One question, and what came of it."""

    id: PulseId
    person_id: PersonId
    cause: PulseCause
    asked_at: int
    answered_at: int | None = None
    answer: int | None = None
    """1 to 5; None as yet."""
    words: str = ""


@frozen
class Asking:
    """What may be asked of a member next, and when; nobody has a row before there is something to say in it."""

    person_id: PersonId
    pulse_due_at: int | None = None
    """When they are to be asked how it was."""
    pulse_cause: PulseCause | None = None
    pulse_asked_at: int | None = None
    """The last time that they were."""
    pulse_off: bool = False
    """They do not want to be."""
    answer: int | None = None
    """Their last one."""
    displeased_at: int | None = None
    """When they last said that it was bad; None where that was put right since."""
    ask_due_at: int | None = None
    """When their card is to be offered to them; what is a good moment at night waits for the morning."""
    ask_cause: AskCause | None = None


class AnswerCount(NamedTuple):
    """How often something was answered in one group."""

    group: str
    answer: int | None
    """None: not, as yet."""
    number: int

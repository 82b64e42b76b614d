"""One round of the outbox as values: what is sent to whom, what is left, and how notices ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.messages.notices import Rendered
from bot.services.notices import Thread
from storage.addresses import Address
from storage.frozen import frozen
from storage.records import NoticeId, NoticeState, PersonId


@frozen
class Settlement:
    """How some notices ended."""

    notice_ids: tuple[NoticeId, ...]
    state: NoticeState
    error: str = ""
    blocked: PersonId | None = None
    """Somebody who turned out not to want the bot."""
    unsent: tuple[Thread, ...] = ()
    """What did not get through."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What a round leaves behind."""

    left: list[NoticeId] = field(default_factory=list)
    """Still owed, in order."""
    held: Mapping[NoticeId, float] = field(default_factory=dict)
    """Not due yet, with the seconds until they are."""
    vanished: list[NoticeId] = field(default_factory=list)
    """Not in the outbox any more."""
    wait: float | None = None
    """Seconds that the next round has to wait, where the reason for waiting says how long."""
    most_wait: float = float("inf")
    """The longest wait after failures in a row."""
    sent_to: int | str | None = None
    """The chat of the last message that arrived."""


@dataclass(slots=True, kw_only=True)
class Round:
    """What is being sent to whom."""

    address: Address
    chat_id: int | str
    letters: list[Rendered]
    report: Report

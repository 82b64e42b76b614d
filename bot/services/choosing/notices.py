"""What is told of what members choose. Words are JSON, by language."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class PollAnnounced(Notice):
    """To the announce chat: there is something to choose."""

    kind: ClassVar[str] = "poll_announced"
    asked: str


@frozen
class PollEnded(Notice):
    """To somebody who chose: what most chose, and what comes of it."""

    kind: ClassVar[str] = "poll_ended"
    asked: str
    won: str
    """What most chose; empty where that is not one."""
    percent: int
    outcome: str


@frozen
class PollResult(PollEnded):
    """The same, to the announce chat."""

    kind: ClassVar[str] = "poll_result"

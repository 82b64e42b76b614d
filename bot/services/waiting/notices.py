"""What a member hears of a queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntered(Notice):
    """To a member who stands in line from now on."""

    kind: ClassVar[str] = "queue_entered"
    place: int
    jump: int
    """How many places each friend moves them ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetIn(Notice):
    """To a member whose turn it is; what that gives is told behind."""

    kind: ClassVar[str] = "let_in"

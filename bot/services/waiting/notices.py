"""What a member hears of a queue."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class QueueEntered(Notice):
    """To a member who stands in line from now on."""

    kind: ClassVar[str] = "queue_entered"
    place: int
    jump: int
    """How many places each friend moves them ahead."""


@frozen
class LetIn(Notice):
    """To a member whose turn it is; what that gives is told behind."""

    kind: ClassVar[str] = "let_in"

"""What a shop has its members choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NewType

from storage.frozen import frozen

PollId = NewType("PollId", int)

Words = Mapping[str, str]
"""By language."""


@frozen
class PollRow:
    """A question and what can be chosen."""

    id: PollId
    question: Words
    options: Sequence[Words]
    outcome: str
    """What comes of it, in the shop's words; empty while it is open."""
    opened_at: int
    closed_at: int | None
    """None while it is open."""

"""What is told of a contest: to everybody, to the team, to who has won."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class ContestBegun(Notice):
    """To the announce chat: what can be won until when; for a draw with the hash of its seed."""

    kind: ClassVar[str] = "contest_begun"
    version: int
    """Of the campaign whose file names it."""
    key: str
    ends_at: int
    commitment: str = ""


@frozen
class ContestOver(Notice):
    """To an owner: it is over, and waits for a look before its results are told."""

    kind: ClassVar[str] = "contest_over"
    contest: int
    name: str


@frozen
class ContestReleased(Notice):
    """To the announce chat: the results are there."""

    kind: ClassVar[str] = "contest_released"
    name: str
    winners: str
    """Names as each allows, by place, one a line; empty lines for who appears without a name."""


@frozen
class PrizeWon(Notice):
    """To a winner."""

    kind: ClassVar[str] = "prize_won"
    name: str
    place: int
    prize: str
    """The rule of the prize, written down."""

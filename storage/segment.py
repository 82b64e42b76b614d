"""Which members are meant: conditions combined by and, or, not; as the store looks for them.

What is relative in the words of a segment (days ago, a day of the shop's) is a moment here already.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import NewType

from storage.frozen import frozen

SegmentId = NewType("SegmentId", int)

NEVER = 2**62
"""Later than every moment."""


class Trait(StrEnum):
    """What one condition looks at."""

    LANGUAGE = "language"
    TIER = "tier"
    LABEL = "label"
    CAMPAIGN = "campaign"
    """By whose link they came."""
    SOURCE = "source"
    JOINED = "joined"
    SEEN = "seen"
    SHARED = "shared"
    FRIENDS = "friends"
    BALANCE = "balance"
    COUPON = "coupon"
    OPENED = "opened"
    UNOPENED = "unopened"
    LISTED = "list"
    MOOD = "mood"
    """What they said last when asked how it was."""


@frozen
class Reading:
    """Who reads a language: what was chosen counts, else what Telegram says, else `otherwise`; see `bot.core.languages`."""

    language: str
    exact: tuple[tuple[str, str], ...]
    """Tags that are languages of their own, each with the one it is served by."""
    primary: tuple[tuple[str, str], ...]
    """Likewise, by the part of a tag before its first hyphen."""
    otherwise: str


@frozen
class Is:
    """A trait is of this name: a tier's or campaign's key, a label, a source, a list; empty for none of them."""

    trait: Trait
    name: str


@frozen
class Within:
    """A moment or a number of a member's is there, and `low` <= it < `high`."""

    trait: Trait
    low: int = -NEVER
    high: int = NEVER


@frozen
class Speaks:
    """Reads a language."""

    reading: Reading


@frozen
class Opening:
    """Has opened a link of a broadcast; for `UNOPENED`, has got it and opened none."""

    trait: Trait
    broadcast_id: int


@frozen
class Every:
    """All of these; without any it is everybody."""

    parts: tuple[Tree, ...] = ()


@frozen
class Either:
    """At least one of these; without any it is nobody."""

    parts: tuple[Tree, ...] = ()


@frozen
class Other:
    """Everybody else."""

    part: Tree


Leaf = Is | Within | Speaks | Opening
Tree = Leaf | Every | Either | Other


@frozen
class SegmentRow:
    """A segment that was kept under a name."""

    id: SegmentId
    name: str
    written: str
    """As `bot.core.segments` reads and writes it."""
    changed_at: int = field(default=0)

"""Coupons for whoever comes first."""

from __future__ import annotations

from typing import NewType

from storage.facts import GrantId
from storage.frozen import frozen
from storage.records import PersonId

DropId = NewType("DropId", int)


@frozen
class DropRow:
    """So many coupons of a pool for the first who come."""

    id: DropId
    pool: str
    name: str
    """What it is called, in the shop's words."""
    quantity: int
    taken: int
    opened_at: int
    ended_at: int | None
    """None while something can be taken; the last one that is taken ends it."""

    @property
    def left(self) -> int:
        """How many there are for those who come now."""
        return 0 if self.ended_at is not None else self.quantity - self.taken


@frozen
class ClaimRow:
    """Somebody has come."""

    drop_id: DropId
    person_id: PersonId
    place: int | None
    """From 1; None for who came too late."""
    grant_id: GrantId | None

"""A member takes something to put on paper."""

from __future__ import annotations

from collections import Counter

from storage.records import PersonId, ShareWay
from storage.tables import shares, tallies
from storage.tx import Tx

_PLACEMENT = "placement"


def note_placement(tx: Tx, placement: str) -> None:
    """Count a newcomer whom the shop's own paper has brought; whoever recommended it can still be named."""
    tallies.add(tx, _PLACEMENT, [placement])


def count_by_placement(tx: Tx) -> Counter[str]:
    """Newcomers whom the shop's own paper has brought, by where it hung."""
    return tallies.read(tx, _PLACEMENT)


def note_print(tx: Tx, *, person_id: PersonId, story: str) -> None:
    """Record that the member was handed the sheets, with this story on them.

    Comes after the sending, so that a death in between hands them over again instead of never.
    """
    shares.add(tx, person_id, ShareWay.PRINT, story)

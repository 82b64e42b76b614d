"""A member takes something to put on paper."""

from __future__ import annotations

from storage.records import PersonId, ShareWay
from storage.tables import shares
from storage.tx import Tx


def note_print(tx: Tx, *, person_id: PersonId, story: str) -> None:
    """Record that the member was handed the sheets, with this story on them.

    Comes after the sending, so that a death in between hands them over again instead of never.
    """
    shares.add(tx, person_id, ShareWay.PRINT, story)

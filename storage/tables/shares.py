"""Who passed something on, and how: table `share`."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, select

from storage.records import PersonId, ShareWay
from storage.schema import share
from storage.tx import Tx

_ADD = insert(share).inline().values(person_id=bindparam("person_id"), way=bindparam("way"), shared_at=bindparam("now"))
_COUNT_ALL = select(func.count()).select_from(share)


def add(tx: Tx, person_id: PersonId, way: ShareWay) -> None:
    """Note that a member got something to pass on."""
    tx.run(_ADD, person_id=person_id, way=way, now=tx.now)


def count_all(tx: Tx) -> int:
    """Count all shares; reads them all, for statistics only."""
    return int(tx.scalar(_COUNT_ALL))

"""The counted links of broadcasts, and who opened them: tables `broadcast_link` and `broadcast_open`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import bindparam, delete, exists, func, insert, select

from storage.records import BroadcastId, PersonId
from storage.schema.messages import broadcast, broadcast_link, broadcast_open
from storage.tables import tallies
from storage.tx import Conflicting, Tx

_OPENED = "opened"

_ADD = insert(broadcast_link).values({name: bindparam(name) for name in ("broadcast_id", "number", "url")})
_LIST = (
    select(broadcast_link.c.number, broadcast_link.c.url)
    .where(broadcast_link.c.broadcast_id == bindparam("of"))
    .order_by(broadcast_link.c.number)
)
_FIND = select(broadcast_link.c.url).where(
    broadcast_link.c.broadcast_id == bindparam("of"), broadcast_link.c.number == bindparam("number")
)
_NOTE_OPENED = Conflicting(
    lambda insert: (
        insert(broadcast_open)
        .values({name: bindparam(name) for name in ("broadcast_id", "person_id", "opened_at")})
        .on_conflict_do_nothing(index_elements=["broadcast_id", "person_id"])
    )
)
_COUNT_OPENED = select(func.count()).where(broadcast_open.c.broadcast_id == bindparam("of"))
_LIST_OF = select(broadcast_open.c.broadcast_id).where(broadcast_open.c.person_id == bindparam("of"))
_DELETE_OF = delete(broadcast_open).where(broadcast_open.c.person_id == bindparam("of"))
_FIND_OLD = (
    select(broadcast.c.id)
    .where(
        broadcast.c.finished_at < bindparam("before"),
        exists().where(broadcast_open.c.broadcast_id == broadcast.c.id).correlate(broadcast),
    )
    .order_by(broadcast.c.id)
    .limit(1)
)
_LIST_PAGE = (
    select(broadcast_open.c.person_id)
    .where(broadcast_open.c.broadcast_id == bindparam("of"))
    .order_by(broadcast_open.c.person_id)
    .limit(bindparam("limit"))
)
_DELETE = delete(broadcast_open).where(
    broadcast_open.c.broadcast_id == bindparam("of"), broadcast_open.c.person_id.in_(bindparam("ids", expanding=True))
)


def add_each(tx: Tx, broadcast_id: BroadcastId, urls: Mapping[int, str]) -> None:
    """Keep where the links of a broadcast lead, by number; a number that is there cannot be given again."""
    tx.run_each(_ADD, [{"broadcast_id": broadcast_id, "number": number, "url": url} for number, url in urls.items()])


def list_of(tx: Tx, broadcast_id: BroadcastId) -> dict[int, str]:
    """Return where the links of a broadcast lead, by number."""
    return dict(tx.rows(_LIST, of=broadcast_id))


def find(tx: Tx, broadcast_id: BroadcastId, number: int) -> str | None:
    """Return where a link leads; None where no such link was ever sent."""
    row = tx.row(_FIND, of=broadcast_id, number=number)
    return None if row is None else str(row[0])


def note_opened(tx: Tx, broadcast_id: BroadcastId, person_id: PersonId) -> bool:
    """Note that somebody has opened one of its links; False where that is known already."""
    return tx.run(_NOTE_OPENED, broadcast_id=broadcast_id, person_id=person_id, opened_at=tx.now) == 1


def count_opened(tx: Tx, broadcast_id: BroadcastId) -> int:
    """Count who has opened one of its links, also those of whom only the sum is left."""
    kept = tallies.read(tx, _name_subject(broadcast_id))
    return int(tx.scalar(_COUNT_OPENED, of=broadcast_id)) + kept[_OPENED]


def list_opened_of(tx: Tx, person_id: PersonId) -> list[BroadcastId]:
    """Return the broadcasts of which somebody has opened a link."""
    return [broadcast_id for (broadcast_id,) in tx.rows(_LIST_OF, of=person_id)]


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what somebody has opened, but that somebody has."""
    for broadcast_id in list_opened_of(tx, person_id):
        tallies.add(tx, _name_subject(broadcast_id), [_OPENED])
    tx.run(_DELETE_OF, of=person_id)


def fold(tx: Tx, *, before: int, limit: int) -> int:
    """Keep only the sum of a broadcast that ended before a moment, a page at a time; returns how many rows went."""
    broadcast_id = tx.scalar(_FIND_OLD, before=before)
    if broadcast_id is None:
        return 0
    ids = [person_id for (person_id,) in tx.rows(_LIST_PAGE, of=broadcast_id, limit=limit)]
    tallies.add(tx, _name_subject(broadcast_id), [_OPENED] * len(ids))
    return tx.run(_DELETE, of=broadcast_id, ids=ids)


def _name_subject(broadcast_id: BroadcastId) -> str:
    return f"opened:{broadcast_id}"

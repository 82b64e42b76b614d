"""Segments that were kept by name: table `segment`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from storage.schema.segments import segment
from storage.segment import SegmentId, SegmentRow
from storage.tx import Conflicting, Row, Tx

_ROWS = select(segment.c.id, segment.c.name, segment.c.written, segment.c.changed_at)
_BY_ID = _ROWS.where(segment.c.id == bindparam("id"))
_BY_NAME = _ROWS.where(segment.c.name == bindparam("name"))
_LIST = _ROWS.order_by(segment.c.name).limit(bindparam("limit"))
_ADD = Conflicting(
    lambda insert: (
        insert(segment)
        .values(name=bindparam("name"), written=bindparam("written"), changed_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(segment.c.id)
    )
)
_SET = (
    update(segment)
    .where(segment.c.id == bindparam("of"))
    .values(name=bindparam("name"), written=bindparam("written"), changed_at=bindparam("now"))
)
_DELETE = delete(segment).where(segment.c.id == bindparam("id"))


def add(tx: Tx, name: str, written: str) -> SegmentId | None:
    """Keep a segment; None where another has this name."""
    number = tx.scalar(_ADD, name=name, written=written, now=tx.now)
    return None if number is None else SegmentId(number)


def find(tx: Tx, segment_id: SegmentId) -> SegmentRow | None:
    """Return a segment, or None for one that is gone."""
    return _to_segment(tx.row(_BY_ID, id=segment_id))


def find_by_name(tx: Tx, name: str) -> SegmentRow | None:
    """Return the segment of a name."""
    return _to_segment(tx.row(_BY_NAME, name=name))


def list_all(tx: Tx, *, limit: int) -> list[SegmentRow]:
    """Return what was kept, by name."""
    return [
        SegmentRow(id=row[0], name=row[1], written=row[2], changed_at=row[3]) for row in tx.rows(_LIST, limit=limit)
    ]


def set_segment(tx: Tx, row: SegmentRow) -> None:
    """Keep another name or other words; the name must be free."""
    tx.run(_SET, of=row.id, name=row.name, written=row.written, now=tx.now)


def remove(tx: Tx, segment_id: SegmentId) -> bool:
    """Keep it no longer; False where it was gone."""
    return tx.run(_DELETE, id=segment_id) == 1


def _to_segment(row: Row | None) -> SegmentRow | None:
    return None if row is None else SegmentRow(id=row[0], name=row[1], written=row[2], changed_at=row[3])

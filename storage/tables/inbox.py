"""Updates, kept before they are confirmed to Telegram: table `inbox`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, func, literal_column, select, update

from storage.records import InboxRow, InboxState, Seq, UpdatesKept
from storage.schema.messages import inbox
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

# Written out, not bound: only then do the planners see that the partial index serves.
_OPEN = inbox.c.state == literal_column("'open'")

_ADD = Conflicting(
    lambda insert: (
        insert(inbox)
        .values({name: bindparam(name) for name in ("update_id", "sender_id", "raw", "received_at")})
        .on_conflict_do_nothing(index_elements=["update_id"])
        .returning(inbox.c.seq)
    )
)
_ROW = select(inbox.c.seq, inbox.c.update_id, inbox.c.sender_id, inbox.c.raw, inbox.c.failures)
_LIST_OPEN = _ROW.where(_OPEN, inbox.c.seq > bindparam("after")).order_by(inbox.c.seq).limit(bindparam("limit"))
_LIST_OPEN_BEFORE = _ROW.where(_OPEN, inbox.c.seq < bindparam("upto")).order_by(inbox.c.seq).limit(bindparam("limit"))
_LIST_OPEN_OF = (
    _ROW.where(_OPEN, inbox.c.seq > bindparam("after"), inbox.c.seq <= bindparam("upto"))
    .where(inbox.c.sender_id == bindparam("sender"))
    .order_by(inbox.c.seq)
    .limit(bindparam("limit"))
)
_LIST_OPEN_AMONG = _ROW.where(_OPEN, inbox.c.update_id.in_(bindparam("ids", expanding=True))).order_by(inbox.c.seq)
_LIST_DEAD = (
    _ROW.where(inbox.c.state == literal_column("'dead'")).order_by(inbox.c.seq.desc()).limit(bindparam("limit"))
)
_CLOSE = (
    update(inbox)
    .where(inbox.c.seq == bindparam("of"), _OPEN)
    .values(state=literal_column("'done'"), closed_at=bindparam("now"))
)
_NOTE_FAILURE = (
    update(inbox)
    .where(inbox.c.seq == bindparam("of"), _OPEN)
    .values(failures=inbox.c.failures + 1, error=bindparam("error"))
    .returning(inbox.c.failures)
)
_BURY = (
    update(inbox)
    .where(inbox.c.seq == bindparam("of"), _OPEN)
    .values(state=literal_column("'dead'"), error=bindparam("error"), closed_at=bindparam("now"))
)
_BLANK = (
    update(inbox)
    .where(inbox.c.sender_id == bindparam("of"), inbox.c.state.in_(bindparam("states", expanding=True)))
    .values(
        sender_id=None,
        raw=b"",
        state=literal_column("'done'"),
        error="",
        closed_at=func.coalesce(inbox.c.closed_at, bindparam("now")),
    )
)
_DELETE_CLOSED = delete(inbox).where(
    inbox.c.seq.in_(
        select(inbox.c.seq)
        .where(inbox.c.received_at < bindparam("before"), inbox.c.state != literal_column("'open'"))
        .limit(bindparam("limit"))
    )
)
_FIND_RAW = select(inbox.c.raw).where(inbox.c.seq == bindparam("of"), inbox.c.sender_id == bindparam("sender"))
_IS_CLOSED = select(inbox.c.state).where(inbox.c.seq == bindparam("of")).with_for_update()
_COUNT_OPEN = select(func.count()).select_from(inbox).where(_OPEN)
_FIND_OLDEST_OPEN = select(inbox.c.received_at).where(_OPEN).order_by(inbox.c.seq).limit(1)


def add_batch(tx: Tx, rows: Sequence[tuple[int, int | None, bytes]]) -> list[InboxRow]:
    """Keep updates (`update_id`, sender's Telegram id, raw JSON) and return those not seen before, in order.

    Several processes may do so: each waits for its turn, so that no row shows up before one with a lower `seq`.
    """
    tx.take_turn(inbox.name)
    values = [
        {"update_id": update_id, "sender_id": sender_id, "raw": raw, "received_at": tx.now}
        for update_id, sender_id, raw in rows
    ]
    added = zip(rows, tx.row_each(_ADD, values), strict=True)
    return [_to_inbox_row((found[0], *row, 0)) for row, found in added if found is not None]


def add_brought(tx: Tx, rows: Sequence[tuple[int, int | None, bytes]]) -> list[InboxRow]:
    """Keep updates likewise, and have the process hear of it that handles them."""
    new = add_batch(tx, rows)
    if new:
        tx.tell(UpdatesKept())
    return new


def list_open(tx: Tx, *, after: Seq, limit: int) -> list[InboxRow]:
    """Return updates not yet handled, in order, from behind `after`."""
    return [_to_inbox_row(row) for row in tx.rows(_LIST_OPEN, after=after, limit=limit)]


def list_open_before(tx: Tx, seq: Seq, *, limit: int) -> list[InboxRow]:
    """Return updates not yet handled that came before one, in order."""
    return [_to_inbox_row(row) for row in tx.rows(_LIST_OPEN_BEFORE, upto=seq, limit=limit)]


def list_open_of(tx: Tx, sender_id: int, *, after: Seq, upto: Seq, limit: int) -> list[InboxRow]:
    """Return one sender's updates not yet handled, in order, from behind `after`, `upto` included."""
    rows = tx.rows(_LIST_OPEN_OF, sender=sender_id, after=after, upto=upto, limit=limit)
    return [_to_inbox_row(row) for row in rows]


def list_open_among(tx: Tx, update_ids: Sequence[int]) -> list[InboxRow]:
    """Return those of some updates that are not yet handled, in order."""
    return [_to_inbox_row(row) for row in tx.rows(_LIST_OPEN_AMONG, ids=list(update_ids))]


def close(tx: Tx, seq: Seq) -> bool:
    """Mark an update handled; False where it was closed already."""
    return tx.run(_CLOSE, of=seq, now=tx.now) == 1


def is_closed(tx: Tx, seq: Seq) -> bool:
    """Whether an update is handled; a transaction that is closing it is waited for."""
    return bool(tx.scalar(_IS_CLOSED, of=seq) != InboxState.OPEN)


def find_raw(tx: Tx, seq: Seq, sender_id: int) -> bytes | None:
    """Return an update as it was sent by this sender; None where it was another's, or is gone."""
    row = tx.row(_FIND_RAW, of=seq, sender=sender_id)
    return None if row is None else bytes(row[0])


def close_all(tx: Tx, seqs: Sequence[Seq]) -> None:
    """Mark updates handled that wrote nothing of their own."""
    tx.run_each(_CLOSE, [{"of": seq, "now": tx.now} for seq in seqs])


def note_failure(tx: Tx, seq: Seq, error: str) -> int:
    """Count a failed handling of an open update and return how many there are now; 0 where it is not open."""
    return tx.scalar(_NOTE_FAILURE, of=seq, error=clean_error(error)) or 0


def bury(tx: Tx, seq: Seq, error: str) -> bool:
    """Give an open update up; False where it was closed already."""
    return tx.run(_BURY, of=seq, error=clean_error(error), now=tx.now) == 1


def delete_closed(tx: Tx, *, before: int, limit: int) -> int:
    """Forget closed updates received before a moment, and return how many.

    Telegram restarts `update_id` at random after an idle week: keep rows at least a day and less than seven.
    """
    return tx.run(_DELETE_CLOSED, before=before, limit=limit)


def blank(tx: Tx, sender_id: int, *, open_too: bool) -> None:
    """Leave nothing of somebody's updates but their numbers, so that repeats are still known.

    What is open is handled first, unless it is to go as well.
    """
    states = [state for state in InboxState if open_too or state is not InboxState.OPEN]
    tx.run(_BLANK, of=sender_id, states=states, now=tx.now)


def count_open(tx: Tx) -> int:
    """Count updates not yet handled."""
    return int(tx.scalar(_COUNT_OPEN))


def find_oldest_open(tx: Tx) -> int | None:
    """Return when the update came that has waited longest; None where none waits."""
    found: int | None = tx.scalar(_FIND_OLDEST_OPEN)
    return found


def list_dead(tx: Tx, limit: int) -> list[InboxRow]:
    """Return the updates given up last."""
    return [_to_inbox_row(row) for row in tx.rows(_LIST_DEAD, limit=limit)]


def _to_inbox_row(row: Row) -> InboxRow:
    seq, update_id, sender_id, raw, failures = row
    return InboxRow(seq=seq, update_id=update_id, sender_id=sender_id, raw=bytes(raw), failures=failures)

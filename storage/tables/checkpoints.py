"""What the books were at a time: table `checkpoint`, and the rows of other tables that it follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Column, Table, bindparam, case, func, select
from sqlalchemy.sql.expression import ColumnElement

from storage.columns import pair_names
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.schema.coupons import coupon
from storage.schema.proof import checkpoint
from storage.schema.redeeming import redemption
from storage.schema.referrals import ledger
from storage.schema.rewards import event, grant
from storage.schema.team import hand_grant
from storage.tx import Conflicting, Row, Tx

MOST = 100_000
"""Checkpoints read at once: one a day for each log."""

LEDGER = "ledger"

_FOLLOWED: Mapping[str, tuple[Table, Sequence[str]]] = MappingProxyType(
    {
        LEDGER: (ledger, ("id", "debit_id", "credit_id", "amount", "key", "reason", "referral_id", "posted_at")),
        "event": (event, ("id", "kind", "person_id", "referral_id", "campaign_version_id", "key", "happened_at")),
        "grant": (
            grant,
            ("id", "rule", "person_id", "event_id", "side", "kind", "what", "points", "granted_at", "threshold"),
        ),
        "redemption": (
            redemption,
            ("id", "reference", "person_id", "campaign_version_id", "item", "price", "reserved_at"),
        ),
        "coupon": (coupon, ("id", "pool", "code", "folded", "imported_at", "expires_at")),
        "hand_grant": (hand_grant, ("grant_id", "actor_id", "reason", "given_at")),
    }
)
"""Columns that never change once a row is written, in the order in which they are hashed; rows go by the first of them."""

LOGS = tuple(_FOLLOWED)


@frozen
class Checkpoint:
    """The head of a log as it was at a time."""

    log: str
    day: int
    size: int
    last_id: int
    root: str
    peaks: str
    noted_at: int


_COLUMNS = ("log", "day", "size", "last_id", "root", "peaks", "noted_at")
_SHOWN: list[Column[object]] = [checkpoint.c[name] for name in _COLUMNS]
_LIST = select(*_SHOWN).where(checkpoint.c.log == bindparam("log")).order_by(checkpoint.c.day).limit(bindparam("most"))
_FIND_LAST = select(*_SHOWN).where(checkpoint.c.log == bindparam("log")).order_by(checkpoint.c.day.desc()).limit(1)
_SET = Conflicting(
    lambda insert: (
        insert(checkpoint)
        .values({name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_update(
            index_elements=["log", "day"],
            set_={name: bindparam(name) for name in _COLUMNS if name not in {"log", "day"}},
        )
    )
)
_ONLY_POINTS = case((grant.c.kind == GrantKind.POINTS, grant.c.points)).label("points")
"""What is a share of something is known later."""


def _read_column(table: Table, name: str) -> ColumnElement[object]:
    return _ONLY_POINTS if table is grant and name == "points" else table.c[name]


_FIND_LAST_ID = {log: select(func.max(table.c[names[0]])) for log, (table, names) in _FOLLOWED.items()}
_LIST_ROWS = {
    log: select(*(_read_column(table, name) for name in names))
    .where(table.c[names[0]] > bindparam("after"), table.c[names[0]] <= bindparam("upto"))
    .order_by(table.c[names[0]])
    .limit(bindparam("most"))
    for log, (table, names) in _FOLLOWED.items()
}


def settle(tx: Tx, log: str) -> int:
    """Return the last id of a log below which no row can come any more; in a transaction of its own.

    Waits for those who are writing: on PostgreSQL a row may be seen before another with a smaller id. One log at a time: who
    holds one table and waits for the next would stand in the way of somebody who goes the other way round.
    """
    tx.wait_for_writers(_FOLLOWED[log][0].name)
    return int(tx.scalar(_FIND_LAST_ID[log]) or 0)


def find_last_ids(tx: Tx) -> dict[str, int]:
    """Return the last id of each log as it is seen now."""
    return {log: int(tx.scalar(statement) or 0) for log, statement in _FIND_LAST_ID.items()}


def list_columns(log: str) -> tuple[str, ...]:
    """Return what is hashed of a row, in order."""
    return tuple(_FOLLOWED[log][1])


def list_rows(tx: Tx, log: str, *, after: int, upto: int, most: int) -> list[Row]:
    """Return the rows of a log by their ids, the first column: what of them never changes."""
    return tx.rows(_LIST_ROWS[log], after=after, upto=upto, most=most)


def list_all(tx: Tx, log: str) -> list[Checkpoint]:
    """Return what was noted of a log, the oldest first."""
    return [_read(row) for row in tx.rows(_LIST, log=log, most=MOST)]


def find_last(tx: Tx, log: str) -> Checkpoint | None:
    """Return what was noted last of a log."""
    row = tx.row(_FIND_LAST, log=log)
    return None if row is None else _read(row)


def set(tx: Tx, noted: Checkpoint) -> None:  # noqa: A001  # read as checkpoints.set
    """Note the head of a log, in place of what was noted earlier that day."""
    tx.run(_SET, **{name: getattr(noted, name) for name in _COLUMNS})


def _read(row: Row) -> Checkpoint:
    return Checkpoint(**dict(pair_names(_COLUMNS, row)))

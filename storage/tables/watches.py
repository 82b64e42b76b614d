"""How far newcomers were looked at, what is usual, and how often signals were right: tables `watch` and `signal`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, func, literal_column, select

from storage.columns import pair_names
from storage.review import Watch
from storage.schema.fairness import signal, watch
from storage.schema.messages import inbox
from storage.tx import Conflicting, Tx

_COLUMNS = ("looked_upto", "settled_upto", "measured", "measured_at")
_FIND = select(*(watch.c[name] for name in _COLUMNS))
_SET = Conflicting(
    lambda insert: (
        insert(watch)
        .values(id=literal_column("1"), **{name: bindparam(name) for name in _COLUMNS})
        .on_conflict_do_update(index_elements=["id"], set_={name: bindparam(name) for name in _COLUMNS})
    )
)
_COUNT = Conflicting(
    lambda insert: (
        insert(signal)
        .values(key=bindparam("of"), right=bindparam("rightly"), wrong=bindparam("wrongly"))
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "right": signal.c.right + bindparam("rightly"),
                "wrong": signal.c.wrong + bindparam("wrongly"),
            },
        )
    )
)
_LIST_COUNTS = select(signal.c.key, signal.c.right, signal.c.wrong)
_LAST_SEEN = (
    select(inbox.c.sender_id, func.max(inbox.c.received_at))
    .where(inbox.c.sender_id.in_(bindparam("ids", expanding=True)), inbox.c.received_at >= bindparam("since"))
    .group_by(inbox.c.sender_id)
)


def get(tx: Tx) -> Watch:
    """Return how far it has come."""
    row = tx.row(_FIND)
    return Watch() if row is None else Watch(**dict(pair_names(_COLUMNS, row)))


def set_watch(tx: Tx, now: Watch) -> None:
    """Write down how far it has come."""
    tx.run(_SET, **{name: getattr(now, name) for name in _COLUMNS})


def count(tx: Tx, keys: Collection[str], *, right: int = 0, wrong: int = 0) -> None:
    """Count for each of these signals how often people decided as it had suggested, and otherwise."""
    tx.run_each(_COUNT, [{"of": key, "rightly": right, "wrongly": wrong} for key in sorted(keys)])


def list_counts(tx: Tx) -> dict[str, tuple[int, int]]:
    """Return how often each signal was right, and wrong."""
    return {key: (right, wrong) for key, right, wrong in tx.rows(_LIST_COUNTS)}


def list_last_seen(tx: Tx, telegram_ids: Collection[int], *, since: int) -> dict[int, int]:
    """Return when each of these people has sent something last, who did so after a moment; reads all that came since."""
    return dict(tx.rows(_LAST_SEEN, ids=list(telegram_ids), since=since)) if telegram_ids else {}

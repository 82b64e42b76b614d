"""Sums that stay when the rows that were counted are gone: table `tally`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from sqlalchemy import bindparam, delete, select

from storage.schema.sharing import tally
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(tally)
        .values(subject=bindparam("subject"), key=bindparam("key"), total=bindparam("more"))
        .on_conflict_do_update(index_elements=["subject", "key"], set_={"total": tally.c.total + bindparam("more")})
    )
)
_TAKE = (
    delete(tally)
    .where(
        tally.c.subject == bindparam("subject"),
        tally.c.key.in_(
            select(tally.c.key)
            .where(tally.c.subject == bindparam("subject"), tally.c.key.not_like(bindparam("kept")))
            .limit(bindparam("limit"))
        ),
    )
    .returning(tally.c.key, tally.c.total)
)
_LIST = select(tally.c.key, tally.c.total).where(tally.c.subject == bindparam("subject")).order_by(tally.c.key)


def add(tx: Tx, subject: str, keys: Iterable[str]) -> None:
    """Count one more for each of these keys; a key may come often."""
    for key, more in sorted(Counter(keys).items()):
        tx.run(_ADD, subject=subject, key=key, more=more)


def fold(tx: Tx, subject: str, new_key: Callable[[str], str], *, kept: str, limit: int) -> int:
    """Put sums together under the keys that `new_key` says, but for keys that are `LIKE` those kept; how many were."""
    taken: list[tuple[str, int]] = [
        (key, total) for key, total in tx.rows(_TAKE, subject=subject, kept=kept, limit=limit)
    ]
    sums: Counter[str] = Counter()
    for key, total in taken:
        sums[new_key(key)] += total
    for key, total in sorted(sums.items()):
        tx.run(_ADD, subject=subject, key=key, more=total)
    return len(taken)


def read(tx: Tx, subject: str) -> Counter[str]:
    """Return the sums of a subject, by key; there are few."""
    return Counter(dict(tx.rows(_LIST, subject=subject)))

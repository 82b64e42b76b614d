"""Sums that stay when the rows that were counted are gone: table `tally`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import bindparam, select

from storage.schema import tally
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(tally)
        .values(subject=bindparam("subject"), key=bindparam("key"), total=bindparam("more"))
        .on_conflict_do_update(index_elements=["subject", "key"], set_={"total": tally.c.total + bindparam("more")})
    )
)
_LIST = select(tally.c.key, tally.c.total).where(tally.c.subject == bindparam("subject")).order_by(tally.c.key)


def add(tx: Tx, subject: str, keys: Iterable[str]) -> None:
    """Count one more for each of these keys; a key may come often."""
    for key, more in sorted(Counter(keys).items()):
        tx.run(_ADD, subject=subject, key=key, more=more)


def read(tx: Tx, subject: str) -> Counter[str]:
    """Return the sums of a subject, by key; there are few."""
    return Counter(dict(tx.rows(_LIST, subject=subject)))

"""What the admins were told, once: table `warning`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete

from storage.schema import warning
from storage.statements import Conflicting
from storage.tx import Tx

_ADD = Conflicting(
    lambda insert: (
        insert(warning)
        .values(key=bindparam("key"), told_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["key"])
    )
)
_DELETE = delete(warning).where(warning.c.key == bindparam("of"))


def add(tx: Tx, key: str) -> bool:
    """Note that the admins are told something now; False where they were told before."""
    return tx.run(_ADD, key=key, now=tx.now) == 1


def delete_told(tx: Tx, key: str) -> None:
    """Let something be told again, since it had been put right."""
    tx.run(_DELETE, of=key)

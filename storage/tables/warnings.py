"""What the admins were told, once: table `warning`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.schema.messages import warning
from storage.tx import Conflicting, Tx

_ADD = Conflicting(
    lambda insert: (
        insert(warning)
        .values(key=bindparam("key"), told_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["key"])
    )
)
_LIST = select(warning.c.key).order_by(warning.c.told_at, warning.c.key).limit(1000)
_DELETE = delete(warning).where(warning.c.key == bindparam("of"))


def add(tx: Tx, key: str) -> bool:
    """Note that the admins are told something now; False where they were told before."""
    return tx.run(_ADD, key=key, now=tx.now) == 1


def list_told(tx: Tx) -> list[str]:
    """Return the keys of what was told, oldest first; there are few."""
    return [key for (key,) in tx.rows(_LIST)]


def delete_told(tx: Tx, key: str) -> bool:
    """Let something be told again, since it had been put right; whether it had been told."""
    return tx.run(_DELETE, of=key) == 1

"""What 429s of Telegram forbid, and until when: table `flood_wait`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, select

from storage.records import Ban
from storage.schema.messages import flood_wait
from storage.tx import Conflicting, Tx

_LIST = (
    select(flood_wait.c.scope, flood_wait.c.until_at, flood_wait.c.wait_seconds)
    .where(flood_wait.c.until_at > bindparam("now"))
    .order_by(flood_wait.c.until_at.desc())
    .limit(1000)
)
_VALUES: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in ("scope", "until_at", "wait_seconds")}
_SET = Conflicting(
    lambda insert: (
        insert(flood_wait)
        .values(_VALUES)
        .on_conflict_do_update(
            index_elements=["scope"], set_={name: _VALUES[name] for name in ("until_at", "wait_seconds")}
        )
    )
)
_DELETE_OF = delete(flood_wait).where(flood_wait.c.scope == bindparam("of"))
_DELETE_OVER = delete(flood_wait).where(flood_wait.c.until_at <= bindparam("now"))


def list_bans(tx: Tx) -> list[Ban]:
    """Return what is forbidden now, the longest first; a thousand at most."""
    return [
        Ban(scope=scope, until_at=until_at, wait_seconds=wait_seconds)
        for scope, until_at, wait_seconds in tx.rows(_LIST, now=tx.now)
    ]


def set_ban(tx: Tx, ban: Ban) -> None:
    """Write down a ban, and forget those that are over."""
    tx.run(_DELETE_OVER, now=tx.now)
    tx.run(_SET, scope=ban.scope, until_at=ban.until_at, wait_seconds=ban.wait_seconds)


def delete_over(tx: Tx) -> int:
    """Forget bans that are over, and return how many."""
    return tx.run(_DELETE_OVER, now=tx.now)


def delete_of(tx: Tx, scope: str) -> None:
    """Forget the ban of a scope."""
    tx.run(_DELETE_OF, of=scope)

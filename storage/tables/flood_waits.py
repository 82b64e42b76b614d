"""Until when Telegram forbids sending: table `flood_wait`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.schema import flood_wait
from storage.statements import Conflicting
from storage.tx import Tx

_GET = select(flood_wait.c.until_at).where(flood_wait.c.scope == bindparam("scope"))
_SET = Conflicting(
    lambda insert: (
        insert(flood_wait)
        .values(scope=bindparam("scope"), until_at=bindparam("until_at"))
        .on_conflict_do_update(index_elements=["scope"], set_={"until_at": bindparam("until_at")})
    )
)


def get_until(tx: Tx, scope: str) -> int:
    """Return until when sending is forbidden; 0 where it never was."""
    return tx.scalar(_GET, scope=scope) or 0


def set_until(tx: Tx, scope: str, until_at: int) -> None:
    """Write down until when sending is forbidden."""
    tx.run(_SET, scope=scope, until_at=until_at)

"""What the columns of lists of orders mean, as the team has said it: table `column_map`."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from storage.schema.conversions import column_map
from storage.tx import Conflicting, Tx

_SET = Conflicting(
    lambda insert: (
        insert(column_map)
        .values({name: bindparam(name) for name in ("headings", "meaning", "used_at")})
        .on_conflict_do_update(
            index_elements=["headings"], set_={"meaning": bindparam("meaning"), "used_at": bindparam("used_at")}
        )
    )
)
_FIND = select(column_map.c.meaning).where(column_map.c.headings == bindparam("headings"))


def set_meaning(tx: Tx, headings: str, meaning: str) -> None:
    """Remember what columns under these headings mean."""
    tx.run(_SET, headings=headings, meaning=meaning, used_at=tx.now)


def find_meaning(tx: Tx, headings: str) -> str | None:
    """Return what columns under these headings meant the last time."""
    found: str | None = tx.scalar(_FIND, headings=headings)
    return found

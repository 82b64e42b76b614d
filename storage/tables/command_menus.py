"""In whose chats commands of their own are shown, and what everybody is shown: table `command_menu`."""

from __future__ import annotations

from math import inf

from sqlalchemy import bindparam, delete, select

from storage.schema.people import command_menu
from storage.tx import Conflicting, Tx

_CONTENT = ("digest", "set_at")

EVERYBODY = 0
"""In place of somebody's Telegram id: the commands and descriptions that no chat has of its own."""

_LIST = (
    select(command_menu.c.telegram_id, command_menu.c.digest)
    .where(command_menu.c.telegram_id != EVERYBODY)
    .order_by(command_menu.c.telegram_id)
)
_FIND = select(command_menu.c.digest, command_menu.c.set_at).where(command_menu.c.telegram_id == EVERYBODY)
_SET = Conflicting(
    lambda insert: (
        insert(command_menu)
        .values({name: bindparam(name) for name in ("telegram_id", *_CONTENT)})
        .on_conflict_do_update(index_elements=["telegram_id"], set_={name: bindparam(name) for name in _CONTENT})
    )
)
_CLEAR = delete(command_menu).where(command_menu.c.telegram_id == bindparam("of"))


def list_all(tx: Tx) -> dict[int, str]:
    """Return what each of these chats was shown, as a digest, by Telegram id: a handful of people."""
    return dict(tx.rows(_LIST))


def find_everybodys(tx: Tx) -> tuple[str, float]:
    """Return what everybody is shown, as a digest, and for how many seconds it has stood; nothing, for ever."""
    row = tx.row(_FIND)
    return ("", inf) if row is None else (row[0], (tx.now - row[1]) / 1_000_000)


def set(tx: Tx, telegram_id: int, digest: str) -> None:  # noqa: A001  # read as command_menus.set
    """Note what a chat is shown from now on."""
    tx.run(_SET, telegram_id=telegram_id, digest=digest, set_at=tx.now)


def clear(tx: Tx, telegram_id: int) -> None:
    """Note that a chat is shown what everybody is shown."""
    tx.run(_CLEAR, of=telegram_id)

"""Who runs the shop: table `role`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, select

from storage.role import Role
from storage.schema.people import role
from storage.tx import Conflicting, Tx

_CONTENT = ("role", "from_settings", "given_at")

_FIND = select(role.c.role).where(role.c.telegram_id == bindparam("of"))
_FROM_SETTINGS = select(role.c.from_settings).where(role.c.telegram_id == bindparam("of"))
_LIST = select(role.c.telegram_id, role.c.role).order_by(role.c.telegram_id)
_SET = Conflicting(
    lambda insert: (
        insert(role)
        .values({name: bindparam(name) for name in ("telegram_id", *_CONTENT)})
        .on_conflict_do_update(index_elements=["telegram_id"], set_={name: bindparam(name) for name in _CONTENT})
    )
)
_CLEAR = delete(role).where(role.c.telegram_id == bindparam("of"))
_FORGET_SETTINGS = delete(role).where(role.c.from_settings)


def find(tx: Tx, telegram_id: int) -> Role:
    """Return somebody's role; a stranger's is a member's."""
    return Role(tx.scalar(_FIND, of=telegram_id) or Role.MEMBER)


def list_all(tx: Tx) -> dict[int, Role]:
    """Return everybody who runs the shop, by Telegram id: a handful of people."""
    return {telegram_id: Role(name) for telegram_id, name in tx.rows(_LIST)}


def set(tx: Tx, telegram_id: int, role: Role, *, from_settings: bool = False) -> None:  # noqa: A001  # read as roles.set
    """Give somebody a role in place of any other."""
    tx.run(_SET, telegram_id=telegram_id, role=role, from_settings=from_settings, given_at=tx.now)


def is_from_settings(tx: Tx, telegram_id: int) -> bool:
    """Whether somebody is an owner by the settings, who would be one again after the next start."""
    return bool(tx.scalar(_FROM_SETTINGS, of=telegram_id))


def clear(tx: Tx, telegram_id: int) -> None:
    """Make a member of somebody who ran the shop."""
    tx.run(_CLEAR, of=telegram_id)


def set_owners(tx: Tx, telegram_ids: Iterable[int]) -> None:
    """Make owners of those whom the settings name, and of nobody whom they named before."""
    tx.run(_FORGET_SETTINGS)
    for telegram_id in sorted(telegram_ids):
        set(tx, telegram_id, Role.OWNER, from_settings=True)

"""Who is who in the shop: the one place where services and doors ask whether somebody may do a thing."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.roles import Roles, decide_allowed
from storage.records import Profile
from storage.role import Role
from storage.tables import people, roles
from storage.tx import Tx


class NotAllowed(Exception):
    """Somebody asked for what their role does not allow; whoever meets this says nothing of the thing itself."""


def find_role(tx: Tx, *, telegram_id: int) -> Role:
    """Somebody's role; a stranger's is a member's."""
    return roles.find(tx, telegram_id) or Role.MEMBER


def may(tx: Tx, *, telegram_id: int, roles: Roles) -> bool:
    """Whether somebody may do what is open to these roles."""
    return decide_allowed(find_role(tx, telegram_id=telegram_id), roles)


def demand(tx: Tx, visitor: Profile, roles: Roles) -> None:
    """Go on only with somebody of these roles: asked again here, since a role may end while its buttons stay.

    Raises:
        NotAllowed: this is somebody else.
    """
    if not may(tx, telegram_id=visitor.telegram_id, roles=roles):
        raise NotAllowed(f"Telegram id {visitor.telegram_id} has no such role")


def note_owners(tx: Tx, *, telegram_ids: Collection[int]) -> None:
    """The settings' owners, as they are from this start on."""
    roles.set_owners(tx, telegram_ids)


def list_team(tx: Tx) -> dict[int, Role]:
    """Those who run the shop and have started the bot, so that their chats can be written to."""
    return {each: role for each, role in roles.list_all(tx).items() if _has_started(tx, each)}


def _has_started(tx: Tx, telegram_id: int) -> bool:
    person = people.find_by_telegram_id(tx, telegram_id)
    return person is not None and person.is_member

"""Who runs the shop: invited by a link that works once, and removed at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from enum import Enum, auto

from bot.core.durations import DAY_SECONDS
from bot.core.roles import OWNERS, decide_higher
from bot.services.audit import Act
from bot.services.campaigns.opening import list_owners
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.team.notices import RoleEnded, TeamJoined, TeamLeft
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile
from storage.role import Role
from storage.tables import audit, conversations, people, roles, shops, team_invitations
from storage.tx import Tx

LINK_SECONDS = DAY_SECONDS
TOKEN_BYTES = 16
"""128 bits: nobody guesses one within its day."""


@frozen
class TeamMember:
    """Somebody who runs the shop."""

    person_id: PersonId | None
    """None for somebody whom the settings name and who has not come yet."""
    name: str
    role: Role
    from_settings: bool


@frozen
class TeamView:
    """Everybody who runs the shop, owners first."""

    member: MemberView
    team: Sequence[TeamMember]


@frozen
class TeamLink:
    """A link that was just made: the one time that it is told."""

    member: MemberView
    role: Role
    token: str


class Acceptance(Enum):
    """What came of opening a link into the team."""

    TAKEN = auto()
    OVER = auto()
    """It was used, has expired, or never was."""
    HIGHER = auto()
    """Whoever opened it may do as much already; it can still be used by somebody else."""


@frozen
class Accepted:
    """What came of it, for whom."""

    acceptance: Acceptance
    member: MemberView
    role: Role


class Removal(Enum):
    """What came of removing somebody."""

    DONE = auto()
    GONE = auto()
    """They belonged to the team no longer."""
    SETTINGS = auto()
    """They are an owner by the settings, and would be again after the next start."""
    LAST = auto()
    """A shop has an owner."""


@frozen
class Removed:
    """What came of it, and the team that is left."""

    removal: Removal
    view: TeamView
    telegram_id: int
    """Whose menu is another from now on."""


def view_team(tx: Tx, *, visitor: Profile) -> TeamView:
    """Everybody who runs the shop.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    order = list(Role)
    team = [_view(tx, telegram_id, role) for telegram_id, role in roles.list_all(tx).items()]
    return TeamView(
        member=view_member(tx, enter(tx, visitor)), team=sorted(team, key=lambda each: order.index(each.role))
    )


def invite(tx: Tx, *, visitor: Profile, role: Role) -> TeamLink:
    """Make a link that gives this role to whoever opens it first, within a day.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    person, token = enter(tx, visitor), secrets.token_urlsafe(TOKEN_BYTES)
    expires_at = tx.now + LINK_SECONDS * 1_000_000
    team_invitations.add(tx, hash_token(token), role=role, made_by_id=person.id, expires_at=expires_at)
    audit.add(tx, actor_id=person.id, act=Act.INVITED, subject=role)
    return TeamLink(member=view_member(tx, person), role=role, token=token)


def accept(tx: Tx, *, visitor: Profile, token: str) -> Accepted:
    """Take a role by a link, and let the owners know; a link dies with its maker's right to make it."""
    person, found = enter(tx, visitor), team_invitations.find(tx, hash_token(token))
    if found is not None:
        shops.lock(tx)  # of two links at once the higher counts, and nobody brings others in who is being removed
    before = roles.find(tx, visitor.telegram_id)
    if found is None or not _may_invite(tx, found[1]):
        return _conclude(tx, person, Acceptance.OVER, before)
    offered = found[0]
    if not decide_higher(offered, before):
        return _conclude(tx, person, Acceptance.HIGHER, before)
    if not team_invitations.take(tx, hash_token(token)):
        return _conclude(tx, person, Acceptance.OVER, before)
    owners = list_owners(tx)
    roles.set(tx, visitor.telegram_id, offered)
    audit.add(tx, actor_id=person.id, act=Act.ROLE, subject="", person_id=person.id, before=before, after=offered)
    for address in owners:
        joined = TeamJoined(person=person.id, role=offered)
        owe(tx, address, joined, key=f"{person.id}:{tx.now}:{address.person_id}")
    return _conclude(tx, person, Acceptance.TAKEN, offered)


def remove(tx: Tx, *, visitor: Profile, person_id: PersonId) -> Removed:
    """Make a member of somebody who ran the shop; what they were in the middle of ends with it.

    Raises:
        NotAllowed: this is no owner.
    """
    shops.lock(tx)  # two owners who remove each other at once would leave none
    demand(tx, visitor, OWNERS)
    actor, person = enter(tx, visitor), people.get(tx, person_id)
    telegram_id, before = person.profile.telegram_id, roles.find(tx, person.profile.telegram_id)
    removal = _decide_removal(tx, telegram_id, before)
    if removal is Removal.DONE:
        roles.clear(tx, telegram_id)
        conversations.delete_of(tx, person_id)
        audit.add(
            tx, actor_id=actor.id, act=Act.ROLE, subject="", person_id=person_id, before=before, after=Role.MEMBER
        )
        _tell_removed(tx, person_id)
    still_owner = roles.find(tx, visitor.telegram_id) is Role.OWNER
    view = view_team(tx, visitor=visitor) if still_owner else TeamView(member=view_member(tx, actor), team=())
    return Removed(removal=removal, view=view, telegram_id=telegram_id)


def hash_token(token: str) -> str:
    """By what a link is known."""
    return hashlib.sha256(token.encode()).hexdigest()


def _may_invite(tx: Tx, person_id: PersonId) -> bool:
    return roles.find(tx, people.get(tx, person_id).profile.telegram_id) in OWNERS


def _decide_removal(tx: Tx, telegram_id: int, role: Role) -> Removal:
    if role is Role.MEMBER:
        return Removal.GONE
    if roles.is_from_settings(tx, telegram_id):
        return Removal.SETTINGS
    owners = [each for each in roles.list_all(tx).values() if each is Role.OWNER]
    return Removal.LAST if role is Role.OWNER and len(owners) == 1 else Removal.DONE


def _tell_removed(tx: Tx, person_id: PersonId) -> None:
    owe(tx, MemberAddress(person_id), RoleEnded(), key=f"{person_id}:{tx.now}")
    for address in list_owners(tx):
        owe(tx, address, TeamLeft(person=person_id), key=f"{person_id}:{tx.now}:{address.person_id}")


def _conclude(tx: Tx, person: Person, acceptance: Acceptance, role: Role) -> Accepted:
    return Accepted(acceptance=acceptance, member=view_member(tx, person), role=role)


def _view(tx: Tx, telegram_id: int, role: Role) -> TeamMember:
    person = people.find_by_telegram_id(tx, telegram_id)
    return TeamMember(
        person_id=person.id if person is not None else None,
        name=compose_name(person.profile) if person is not None else "",
        role=role,
        from_settings=roles.is_from_settings(tx, telegram_id),
    )

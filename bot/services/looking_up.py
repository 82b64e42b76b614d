"""The team looks up a member: by code, link, username, name, or a message they wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.claiming import CHOICES, compose_label, parse_claim
from bot.core.links import Addresses
from bot.core.roles import MANAGERS, TEAM
from bot.services.audit import Act
from bot.services.claiming.naming import search
from bot.services.members import MemberView, demand, enter, may, view_member
from storage.facts import RedemptionRow
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile
from storage.tables import audit, conversations, labels, people, redemptions
from storage.tx import Tx

FLOW = "find"


@frozen
class FoundMember:
    """A member as the team sees them."""

    member: MemberView
    username: str
    since: int
    waiting: Sequence[RedemptionRow] = ()
    """What they have put aside, and what waits at the counter."""
    labels: Sequence[str] = ()
    can_label: bool = False
    """Whether who looks may give them labels."""


@frozen
class LookUpView:
    """Who was found."""

    member: MemberView
    """Who looks."""
    found: FoundMember | None = None
    offered: Mapping[PersonId, str] = field(default_factory=dict)
    """Several of that name: first names and initials."""
    more: bool = False
    """There are more than were offered."""


def look_up(tx: Tx, *, visitor: Profile, text: str, telegram_id: int | None, addresses: Addresses) -> LookUpView:
    """Find whoever is meant, by a number at Telegram or by what was typed; it is written down who was looked up.

    By name and username are found those who let themselves be found so; by their code and by what they wrote, all.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    found = _search(tx, text, telegram_id, addresses)
    if len(found) == 1:
        return _show(tx, me, found[0])
    shown = {each.id: _name(each.profile) for each in found[:CHOICES]}
    return LookUpView(member=view_member(tx, me), offered=shown, more=len(found) > CHOICES)


def find_meant(tx: Tx, *, visitor: Profile, text: str, telegram_id: int | None, addresses: Addresses) -> LookUpView:
    """Who may be meant, for whoever goes on with one of them; the one there is, where there is one.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    found = _search(tx, text, telegram_id, addresses)
    shown = {each.id: _name(each.profile) for each in found[:CHOICES]}
    return LookUpView(member=view_member(tx, enter(tx, visitor)), offered=shown, more=len(found) > CHOICES)


def open_member(tx: Tx, *, visitor: Profile, person_id: PersonId) -> LookUpView:
    """One of those who were found.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    person = people.list_by_ids(tx, [person_id]).get(person_id)
    return _show(tx, me, person) if person is not None and person.is_member else LookUpView(member=view_member(tx, me))


def _search(tx: Tx, text: str, telegram_id: int | None, addresses: Addresses) -> list[Person]:
    if telegram_id is None:
        return search(tx, parse_claim(text, addresses))
    written = people.find_member(tx, telegram_id)
    return [written] if written is not None else []


def _show(tx: Tx, me: Person, person: Person) -> LookUpView:
    conversations.leave(tx, me.id, FLOW)
    audit.add(tx, actor_id=me.id, act=Act.LOOKED_UP, subject="", person_id=person.id)
    found = FoundMember(
        member=view_member(tx, person),
        username=person.profile.username,
        since=person.started_at or 0,
        waiting=redemptions.list_live(tx, person.id),
        labels=labels.list_of(tx, person.id),
        can_label=may(tx, telegram_id=me.profile.telegram_id, roles=MANAGERS),
    )
    return LookUpView(member=view_member(tx, me), found=found)


def _name(profile: Profile) -> str:
    return compose_label(profile.first_name, profile.last_name, profile.username)

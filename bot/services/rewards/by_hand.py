"""The team gives points by hand: told with the reason, written down, within what a role may give a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.core.by_hand import REASON, Outcome, decide_given, decide_returnable
from bot.core.roles import OWNERS, TEAM
from bot.services.audit import Act
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.rewards.giving import take_back
from bot.services.rewards.notices import PointsGiven, PointsReturned
from bot.services.rewards.promising import has_room
from bot.services.rewards.room import find_day, find_midnight
from bot.services.webhooks.publishing import publish_grant
from storage.addresses import MemberAddress
from storage.facts import BY_HAND, EventKind, GrantId, GrantRow
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile, Transfer
from storage.role import Role
from storage.tables import audit, events, grants, hand_grants, ledgers, people, roles, shops
from storage.tx import Tx
from storage.webhook import HookEventKind

Limits = Mapping[Role, int]
"""How many points each role may give a day."""


@frozen
class GivingView:
    """Somebody of the team gives, or has given, points."""

    member: MemberView
    """Who gives."""
    name: str = ""
    """To whom."""
    left: int = 0
    """How many this one can still give today."""
    points: int = 0
    outcome: Outcome = Outcome.NOBODY
    grant_id: GrantId | None = None
    """What was given, as long as the giver can take it back."""


def view_giving(tx: Tx, *, visitor: Profile, person_id: PersonId, limits: Limits) -> GivingView:
    """Whom it would be for, and how many are left for today.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    person = people.list_by_ids(tx, [person_id]).get(person_id)
    member, left = view_member(tx, me), _count_left(tx, me, limits)
    if person is None or not person.is_member:
        return GivingView(member=member, left=left)
    outcome = decide_given(to_oneself=person.id == me.id, points=1, left=left)
    return GivingView(member=member, left=left, name=compose_name(person.profile), outcome=outcome)


def refuse_limit(view: GivingView) -> GivingView:
    """The same, where more was asked for than there is left."""
    return replace(view, outcome=Outcome.LIMIT)


def give_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any], limits: Limits) -> GivingView:
    """Give what a dialogue has come to.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    person_id, points, reason = PersonId(data["person"]), int(data["points"]), str(data["reason"])
    return grant_by_hand(tx, visitor=visitor, person_id=person_id, points=points, reason=reason, limits=limits)


def grant_by_hand(
    tx: Tx, *, visitor: Profile, person_id: PersonId, points: int, reason: str, limits: Limits
) -> GivingView:
    """Give points: never to oneself, and never more than a role may give a day where the shop is.

    What is left is counted while the giver's row is locked.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    people.lock(tx, me.id)
    view = view_giving(tx, visitor=visitor, person_id=person_id, limits=limits)
    if not view.name and view.outcome is Outcome.NOBODY:
        return view
    outcome = decide_given(to_oneself=person_id == me.id, points=points, left=view.left)
    if outcome is Outcome.GIVEN and not has_room(tx, points):
        outcome = Outcome.PROMISED
    if outcome is not Outcome.GIVEN:
        return GivingView(member=view.member, name=view.name, left=view.left, points=points, outcome=outcome)
    grant_id = _give(tx, person_id, points, key=f"{EventKind.GIVEN}:{me.id}:{hand_grants.count_by(tx, me.id)}")
    hand_grants.add(tx, grant_id, actor_id=me.id, reason=reason)
    audit.add(tx, actor_id=me.id, act=Act.GAVE, subject="", person_id=person_id, before=reason, after=str(points))
    publish_grant(tx, HookEventKind.REWARDED, grants.get(tx, grant_id))
    owe(tx, MemberAddress(person_id), PointsGiven(points=points, why=reason), key=grant_id)
    mine = roles.find(tx, visitor.telegram_id) in OWNERS
    return GivingView(
        member=view.member,
        name=view.name,
        left=view.left - points,
        points=points,
        outcome=outcome,
        grant_id=grant_id if mine else None,
    )


def return_given(tx: Tx, *, visitor: Profile, grant_id: GrantId) -> tuple[MemberView, GrantRow | None]:
    """An owner takes back what was given by hand within the day; None where there is nothing to take back any more.

    Raises:
        NotAllowed: this is no owner.
    """
    demand(tx, visitor, OWNERS)
    me, given = enter(tx, visitor), hand_grants.find(tx, grant_id)
    if given is None or not decide_returnable(given.given_at, tx.now):
        return view_member(tx, me), None
    row = take_back(tx, grant_id, REASON)
    if row is not None:
        points = row.points or 0
        audit.add(tx, actor_id=me.id, act=Act.TOOK_BACK, subject="", person_id=row.person_id, after=str(points))
        if people.get(tx, row.person_id).is_member:
            owe(tx, MemberAddress(row.person_id), PointsReturned(points=points), key=grant_id)
    return view_member(tx, me), row


def _give(tx: Tx, person_id: PersonId, points: int, *, key: str) -> GrantId:
    event_id = events.add_fact(tx, EventKind.GIVEN, person_id, key=key, version_id=shops.get(tx).version_id)
    assert event_id is not None, "the giver's row is locked"
    transfer = Transfer(
        debit=ledgers.HOUSE_ACCOUNT,
        credit=ledgers.open_account(tx, person_id),
        amount=points,
        key=key,
        reason=REASON,
        referral_id=None,
    )
    ledger_id = ledgers.post(tx, transfer)
    grant_id = grants.add_points(
        tx, rule=BY_HAND, person_id=person_id, event_id=event_id, side=None, points=points, ledger_id=ledger_id
    )
    assert grant_id is not None, "the event is new"
    return grant_id


def _count_left(tx: Tx, me: Person, limits: Limits) -> int:
    limit = limits.get(roles.find(tx, me.profile.telegram_id), 0)
    today = find_midnight(tx, date.fromisoformat(find_day(tx)))
    return max(0, limit - hand_grants.sum_since(tx, me.id, today))

"""Gifts that somebody of the team has to look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.rewards.giving import take_back_unfounded
from storage.facts import GrantId, GrantState
from storage.frozen import frozen
from storage.gift import GiftRow, GiftState
from storage.records import PersonId, Profile
from storage.tables import audit, gifts, grants, people
from storage.tx import Tx

MOST_SHOWN = 6


@frozen
class GiftsView:
    """Gifts that have not arrived for sure."""

    member: MemberView
    rows: Sequence[GiftRow] = ()
    """Those that somebody has to look at: the doubtful ones first."""
    total: int = 0
    """How many of these there are in all."""
    next_up: int = 0
    """How many are sent next."""
    names: Mapping[PersonId, str] = field(default_factory=dict)


def view_gifts(tx: Tx, *, visitor: Profile) -> GiftsView:
    """What waits, and why.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    rows = gifts.list_open(tx, MOST_SHOWN)
    known = people.list_by_ids(tx, sorted({row.person_id for row in rows}))
    return GiftsView(
        member=view_member(tx, enter(tx, visitor)),
        rows=rows,
        total=gifts.count_open(tx),
        next_up=gifts.count_untried(tx),
        names={person_id: compose_name(person.profile) for person_id, person in known.items()},
    )


def note_arrived(tx: Tx, *, visitor: Profile, grant_id: GrantId) -> GiftsView:
    """Somebody has asked: a doubtful gift is there; or has thanked by hand for one that could not be sent.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    if _decide(tx, visitor, grant_id, GiftState.SENT, Act.GIFT_ARRIVED, of=(GiftState.UNKNOWN, GiftState.STUCK)):
        grants.set_state(tx, grant_id, GrantState.USED, expected=GrantState.WAITING)
    return view_gifts(tx, visitor=visitor)


def send_again(tx: Tx, *, visitor: Profile, grant_id: GrantId) -> GiftsView:
    """Somebody has asked: a doubtful gift is not there; it is sent once more, if it is still earned.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    if _decide(tx, visitor, grant_id, GiftState.STUCK, Act.GIFT_AGAIN, of=(GiftState.UNKNOWN,)):
        take_back_unfounded(tx, grant_id)
    return view_gifts(tx, visitor=visitor)


def try_now(tx: Tx, *, visitor: Profile) -> GiftsView:
    """Try everything that is stuck at once: what was wrong has been put right.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    gifts.make_due(tx)
    return view_gifts(tx, visitor=visitor)


def _decide(
    tx: Tx, visitor: Profile, grant_id: GrantId, state: GiftState, act: Act, *, of: Collection[GiftState]
) -> bool:
    """Settle a gift that stands so, once, whoever taps how often."""
    demand(tx, visitor, MANAGERS)
    actor = enter(tx, visitor)
    row = gifts.find(tx, grant_id)
    if row is None or row.state not in of or not gifts.set_state(tx, grant_id, state, expected=row.state):
        return False
    audit.add(tx, actor_id=actor.id, act=act, subject="", person_id=row.person_id, after=row.gift)
    return True

"""What rules gave to be handed out: at the counter without a price, its grant beside it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.roles import TEAM
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.redeeming.notices import RedemptionExpired
from storage.addresses import MemberAddress
from storage.facts import GrantState, RedemptionRow
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import grants, people, redemptions
from storage.tx import Tx


@frozen
class CounterList:
    """What rules gave and nobody has come for yet: whose it is beside each."""

    member: MemberView
    given: Sequence[tuple[RedemptionRow, str]] = ()


def list_given(tx: Tx, *, visitor: Profile) -> CounterList:
    """What the team has ready for somebody.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    rows = redemptions.list_given(tx, redemptions.MOST_SHOWN)
    given = [(row, compose_name(people.get(tx, row.person_id).profile)) for row in rows]
    return CounterList(member=view_member(tx, enter(tx, visitor)), given=given)


def expire_given(tx: Tx, row: RedemptionRow) -> None:
    """Nobody came for it in time."""
    if row.grant_id is not None and redemptions.set_expired(tx, row.id, ledger_id=None):
        grant = grants.lock(tx, row.grant_id)
        grants.set_state(tx, grant.id, GrantState.EXPIRED, expected=grant.state)
    if people.get(tx, row.person_id).is_member:
        owe(tx, MemberAddress(row.person_id), RedemptionExpired(item=row.item, points=0), key=row.id)

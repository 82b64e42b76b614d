"""What a member is to the house: tier, badges, what they open, and what is there for them now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.campaigns.rewards import Rule
from bot.core.club import DROPS_SHOWN
from bot.core.durations import DAY
from bot.core.ideas import CO_MAKER
from bot.core.roles import MANAGERS
from bot.services.campaigns import get_terms
from bot.services.honours.honours import HonourView, view_honour
from bot.services.members import MemberView, enter, view_member
from storage.drop import ClaimRow, DropId, DropRow
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import drops, labels, roles
from storage.tx import Tx

RULES_SHOWN = 3


@frozen
class ClubView:
    """A member in the club."""

    member: MemberView
    honour: HonourView
    is_co_maker: bool = False
    opens: Sequence[Rule] = ()
    """The rules that hold for this member alone, by tier or badge."""
    drops: Sequence[DropRow] = ()
    """Coupons for whoever comes first: those there are, and those of the last day."""
    claims: Mapping[DropId, ClaimRow] = field(default_factory=dict)
    """What the member has of them."""
    runs_it: bool = False
    """Whether the member can open and end drops."""


def view_club(tx: Tx, *, visitor: Profile) -> ClubView:
    """What a member is, has and may take."""
    person = enter(tx, visitor)
    member, own = view_member(tx, person), labels.list_of(tx, person.id)
    shown = drops.list_open(tx, limit=DROPS_SHOWN)
    shown += drops.list_ended(tx, since=tx.now - DAY, limit=DROPS_SHOWN)
    return ClubView(
        member=member,
        honour=view_honour(tx, member),
        is_co_maker=CO_MAKER in own,
        opens=_list_opened(tx, member.tier, own),
        drops=shown,
        claims=drops.list_claims(tx, person.id, [each.id for each in shown]),
        runs_it=roles.find(tx, visitor.telegram_id) in MANAGERS,
    )


def _list_opened(tx: Tx, tier: str, own: Sequence[str]) -> list[Rule]:
    rules = get_terms(tx).campaign.rewards
    opened = [rule for rule in rules if tier in rule.condition.tier or not set(rule.condition.label).isdisjoint(own)]
    return opened[:RULES_SHOWN]

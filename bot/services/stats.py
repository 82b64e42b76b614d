"""The figures of word of mouth, for admins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.liability import Liability
from bot.core.roles import MANAGERS
from bot.core.stats import Growth
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.printing import count_by_placement
from storage.facts import GrantKind
from storage.records import Profile, RankLine
from storage.tables import clicks, directory, grants, liability, referrals, scores, shares
from storage.tx import Tx

TOP_SIZE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StatsView:
    """Members, joins by invitation, K and who brings most."""

    member: MemberView
    members: int
    blocked: int
    joins: int
    shares: int
    growth: Growth
    top: list[RankLine]
    ways: Mapping[str, int] = field(default_factory=dict)
    """Invitations taken, by `ShareWay`."""
    clicks: Mapping[str, int] = field(default_factory=dict)
    """Links opened that the web side knows of, by the link's source."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """Joins that still count, by the link's source; newcomers by the shop's own paper, by where it hung."""
    owed: Liability = field(default_factory=Liability)
    """To members, at this moment."""


def count(tx: Tx, *, visitor: Profile) -> StatsView:
    """Everything /stats shows, of one moment.

    Raises:
        NotAllowed: the shop's figures are not this visitor's to see.
    """
    demand(tx, visitor, MANAGERS)
    members, joins, ways = directory.count_members(tx), referrals.count_all(tx), shares.count_by_way(tx)
    taken = sum(ways.values())
    return StatsView(
        member=view_member(tx, enter(tx, visitor)),
        members=members,
        blocked=directory.count_blocked(tx),
        joins=joins,
        shares=taken,
        growth=Growth(members=members, invitations=taken, joins=joins),
        top=scores.list_top(tx, TOP_SIZE),
        ways=ways,
        clicks=clicks.count_by_source(tx),
        sources=Counter(referrals.count_by_source(tx)) + count_by_placement(tx),
        owed=sum_owed(tx),
    )


def sum_owed(tx: Tx) -> Liability:
    """What the shop owes its members."""
    kept = liability.get(tx)
    return Liability(
        points=kept.points,
        coupons=kept.coupons + grants.count_promised(tx, GrantKind.COUPON),
        gifts=grants.count_promised(tx, GrantKind.GIFT),
    )

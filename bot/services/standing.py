"""How do my invitations stand? The friends, the rewards, the ranking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.campaigns.rewards import Rule
from bot.core.periods import BoardKind
from bot.core.rewards.steps import Stage, Step
from bot.core.standing import MOST_LISTED, compute_page
from bot.services.honours.honours import HonourView, view_honour
from bot.services.members import MemberView, enter, view_member
from bot.services.redeeming.redeeming import CounterView, view_counter
from bot.services.reminding.reminders import WaitingView, view_waiting
from bot.services.rewards.stages import OwnWay, list_ways, view_own_way
from bot.services.rewards.viewing import GrantView, list_live, list_next, list_own_rules
from bot.services.waiting.waiting import QueuePlace, view_place
from storage.facts import LedgerLine, RedemptionRow
from storage.frozen import frozen
from storage.records import Invitation, Profile, RankLine, ReferralId
from storage.tables import boards, inviter_sums, ledgers, people, redemptions, referrals, scores, shops
from storage.tables.scores import BoardRow
from storage.tx import Tx

TOP_SIZE = 10
_KINDS = {BoardKind.ALL, BoardKind.WEEK, BoardKind.MONTH}
"""Rankings by the word before their day; a campaign's is `all` of it."""


@frozen
class InvitesView:
    """One page of those who came by a member."""

    member: MemberView
    total: int
    earned: int
    page: int
    pages: int
    lines: list[Invitation]
    is_cut: bool = False
    """More came than are listed, and this is the last page."""
    waiting: Mapping[ReferralId, WaitingView] = field(default_factory=dict)
    """What those of the lines miss who do not count yet."""
    honour: HonourView = field(default_factory=HonourView)
    stages: Mapping[ReferralId, Sequence[Stage]] = field(default_factory=dict)
    """How far those have come who count, where rules reward more than that."""
    own_way: OwnWay = field(default_factory=OwnWay)
    """Likewise the member themselves."""
    steps: Sequence[Step] = ()
    """What so many more friends bring."""
    queue: QueuePlace = field(default_factory=QueuePlace)
    """Where they stand in line."""
    own_rules: Sequence[Rule] = ()
    """What holds for them because of what the team calls them."""


@frozen
class RewardsView:
    """A member's balance and one page of the ledger behind it."""

    member: MemberView
    balance: int
    page: int
    pages: int
    lines: list[LedgerLine]
    is_cut: bool = False
    """There are more lines than are listed, and this is the last page."""
    had: Mapping[int, RedemptionRow] = field(default_factory=dict)
    """What was paid by lines of the page, by the line's number."""
    counter: CounterView = field(default_factory=CounterView)
    """What there is for the points."""
    honour: HonourView = field(default_factory=HonourView)
    live: Sequence[GrantView] = ()
    """What the member has besides points, and what is on its way."""
    steps: Sequence[Step] = ()
    """What so many more friends bring."""


@frozen
class PlaceView:
    """A member's own place in a ranking."""

    rank: int | None = None
    """None without a friend who counts there."""
    score: int = 0


@frozen
class TopView:
    """A ranking, and the member's own place in it (None without an invitation yet)."""

    member: MemberView
    lines: list[RankLine]
    my_rank: int | None
    my_score: int
    anonymous: bool
    kind: BoardKind = BoardKind.ALL
    places: Mapping[BoardKind, PlaceView] = field(default_factory=dict)
    """Likewise in every ranking, this one included."""
    ends_at: int | None = None
    """When a week or a month is over; None for what goes on."""


def list_invites(tx: Tx, *, visitor: Profile, page: int = 0) -> InvitesView:
    """One page of the friends who came, newest first; at no more cost for whoever has very many."""
    member = view_member(tx, enter(tx, visitor))
    came = inviter_sums.find(tx, member.id)
    shown = compute_page(page, came.friends)
    lines = referrals.list_invitations(tx, member.id, limit=shown.size, offset=shown.offset)
    return InvitesView(
        member=member,
        total=came.friends,
        earned=came.points,
        page=shown.number,
        pages=shown.count,
        is_cut=shown.is_cut,
        lines=lines,
        waiting=view_waiting(tx, lines),
        honour=view_honour(tx, member),
        stages=list_ways(tx, [line.referral_id for line in lines]),
        own_way=view_own_way(tx, member),
        steps=list_next(tx, member),
        queue=view_place(tx, member.id),
        own_rules=list_own_rules(tx, member),
    )


def list_rewards(tx: Tx, *, visitor: Profile, page: int = 0) -> RewardsView:
    """The balance and one page of its lines, newest first; likewise."""
    member = view_member(tx, enter(tx, visitor))
    shown = compute_page(page, ledgers.count_lines(tx, member.id, most=MOST_LISTED + 1))
    lines = ledgers.list_lines(tx, member.id, limit=shown.size, offset=shown.offset)
    return RewardsView(
        member=member,
        balance=member.balance,
        page=shown.number,
        pages=shown.count,
        is_cut=shown.is_cut,
        lines=lines,
        had=redemptions.list_paid(tx, [line.id for line in lines if line.amount < 0]),
        counter=view_counter(tx, member),
        honour=view_honour(tx, member),
        live=list_live(tx, member),
        steps=list_next(tx, member),
    )


def rank(tx: Tx, *, visitor: Profile, kind: BoardKind = BoardKind.ALL) -> TopView:
    """The best inviters of the week, the month, the main campaign or ever, and where the member stands in each of these."""
    member, rankings = view_member(tx, enter(tx, visitor)), _find_boards(tx)
    places = {each: _find_place(tx, member, rankings.get(each)) for each in BoardKind}
    shown = rankings.get(kind)
    return TopView(
        member=member,
        lines=scores.list_top(tx, TOP_SIZE, board_id=shown.id) if shown else [],
        my_rank=places[kind].rank,
        my_score=places[kind].score,
        anonymous=member.anonymous,
        kind=kind,
        places=places,
        ends_at=shown.ends_at if shown and kind in {BoardKind.WEEK, BoardKind.MONTH} else None,
    )


def _find_boards(tx: Tx) -> dict[BoardKind, BoardRow]:
    """The rankings of this moment; those in which nobody stands yet are missing."""
    rows = boards.list_open(tx, shops.get(tx).campaign_id, tx.now)
    return {
        BoardKind.CAMPAIGN if row.campaign_id else BoardKind(kind): row
        for row in rows
        if (kind := row.period.partition(":")[0]) in _KINDS
    }


def _find_place(tx: Tx, member: MemberView, ranking: BoardRow | None) -> PlaceView:
    score = scores.find_score(tx, member.id, board_id=ranking.id) if ranking else 0
    if ranking is None or not score:
        return PlaceView()
    return PlaceView(rank=1 + scores.count_above(tx, score, board_id=ranking.id), score=score)


def appear(tx: Tx, *, visitor: Profile, anonymous: bool) -> TopView:
    """Choose to stand in the ranking with or without a name."""
    people.set_anonymous(tx, enter(tx, visitor).id, anonymous)
    return rank(tx, visitor=visitor)

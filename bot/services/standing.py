"""How do my invitations stand? The friends, the rewards, the ranking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.standing import compute_page
from bot.services.members import MemberView, enter, view_member
from bot.services.redeeming.redeeming import CounterView, view_counter
from bot.services.reminding.reminders import WaitingView, view_waiting
from storage.records import Invitation, LedgerLine, Profile, RankLine, ReferralId
from storage.tables import ledgers, people, referrals, scores
from storage.tx import Tx

TOP_SIZE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitesView:
    """One page of those who came by a member."""

    member: MemberView
    total: int
    earned: int
    page: int
    pages: int
    lines: list[Invitation]
    waiting: Mapping[ReferralId, WaitingView] = field(default_factory=dict)
    """What those of the lines miss who do not count yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardsView:
    """A member's balance and one page of the ledger behind it."""

    member: MemberView
    balance: int
    page: int
    pages: int
    lines: list[LedgerLine]
    counter: CounterView = field(default_factory=CounterView)
    """What there is for the points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopView:
    """The ranking, and the member's own place in it (None without an invitation yet)."""

    member: MemberView
    lines: list[RankLine]
    my_rank: int | None
    my_score: int
    anonymous: bool


def list_invites(tx: Tx, *, visitor: Profile, page: int = 0) -> InvitesView:
    """One page of the friends who came, newest first."""
    member = view_member(tx, enter(tx, visitor))
    total = referrals.count_invitations(tx, member.id)
    shown = compute_page(page, total)
    lines = referrals.list_invitations(tx, member.id, limit=shown.size, offset=shown.offset)
    return InvitesView(
        member=member,
        total=total,
        earned=ledgers.sum_by_reason(tx, member.id, "invited_friend"),
        page=shown.number,
        pages=shown.count,
        lines=lines,
        waiting=view_waiting(tx, lines),
    )


def list_rewards(tx: Tx, *, visitor: Profile, page: int = 0) -> RewardsView:
    """The balance and one page of its lines, newest first."""
    member = view_member(tx, enter(tx, visitor))
    shown = compute_page(page, ledgers.count_lines(tx, member.id))
    return RewardsView(
        member=member,
        balance=member.balance,
        page=shown.number,
        pages=shown.count,
        lines=ledgers.list_lines(tx, member.id, limit=shown.size, offset=shown.offset),
        counter=view_counter(tx, member),
    )


def rank(tx: Tx, *, visitor: Profile) -> TopView:
    """The best inviters and where the member stands among them."""
    member = view_member(tx, enter(tx, visitor))
    return TopView(
        member=member,
        lines=scores.list_top(tx, TOP_SIZE),
        my_rank=scores.find_rank(tx, member.id),
        my_score=member.score,
        anonymous=member.anonymous,
    )


def appear(tx: Tx, *, visitor: Profile, anonymous: bool) -> TopView:
    """Choose to stand in the ranking with or without a name."""
    people.set_anonymous(tx, enter(tx, visitor).id, anonymous)
    return rank(tx, visitor=visitor)

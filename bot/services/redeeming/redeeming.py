"""Having something for points: put aside, paid, handed out at the counter once, or given back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from bot.core.campaigns.catalogue import FOR_ITEM, VALID_DAYS, CatalogueItem
from bot.core.durations import DAY, SECOND
from bot.core.redeeming import Use, compose_reference, decide_undo, decide_use
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.campaigns import get_terms, read_terms
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import Notice, owe
from bot.services.redeeming.given import expire_given, move_grant
from bot.services.redeeming.notices import HandedBack, HandedOut, RedemptionExpired
from bot.services.webhooks.publishing import publish_redemption
from storage.addresses import MemberAddress
from storage.errors import RowMissing
from storage.facts import RESERVED_SECONDS, GrantState, RedemptionId, RedemptionRow, RedemptionState
from storage.records import CampaignId, PersonId, Profile, Transfer
from storage.tables import audit, ledgers, people, redemptions, shops
from storage.tx import Tx
from storage.webhook import HookEventKind


class Refusal(Enum):
    """Why a member cannot have something now."""

    GONE = auto()
    """It is not on offer any more."""
    POINTS = auto()
    STOCK = auto()
    """The last one is taken."""
    ENOUGH = auto()
    """This member has had as many as one can have."""
    LATE = auto()
    """It was put aside, and its time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something of the catalogue, as a member sees it."""

    item: CatalogueItem
    left: int | None
    """How many there are still; None for as many as are wanted."""
    refusal: Refusal | None
    """Why it cannot be had now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterView:
    """What there is for points, and what waits for a member."""

    offers: Sequence[Offer] = ()
    waiting: Sequence[RedemptionRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionView:
    """Something in a member's hands, or why it is not; `row` is None for what never was."""

    member: MemberView
    row: RedemptionRow | None = None
    refusal: Refusal | None = None
    price: int = 0
    """What it costs, where it was refused for want of points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """What the counter sees of a reference."""

    member: MemberView
    row: RedemptionRow | None = None
    """None where there is no such reference."""
    use: Use = Use.OVER
    holder: str = ""
    """Whose it is; empty for somebody without a name."""
    can_undo: bool = False
    done: bool = False
    """This tap has handed it out."""


def view_counter(tx: Tx, member: MemberView) -> CounterView:
    """What there is for points, dearest last, and what waits for this member."""
    shop = shops.get(tx)
    catalogue = read_terms(tx, shop).campaign.catalogue
    taken = redemptions.list_taken(tx, shop.campaign_id) if catalogue else {}
    offers = [
        Offer(
            item=item,
            left=None if item.stock is None else max(0, item.stock - taken.get(item.key, 0)),
            refusal=_find_refusal(tx, member, item, shop.campaign_id, taken.get(item.key, 0)),
        )
        for item in sorted(catalogue, key=lambda item: item.price)
    ]
    return CounterView(offers=offers, waiting=redemptions.list_live(tx, member.id))


def reserve(tx: Tx, *, visitor: Profile, item: str) -> RedemptionView:
    """Put something aside for a member, for ten minutes; what they have put aside already stays that."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    member, shop = view_member(tx, person), shops.get(tx)
    terms = read_terms(tx, shop)
    offered = terms.campaign.find_item(item)
    if offered is None:
        return RedemptionView(member=member, refusal=Refusal.GONE)
    aside = [row for row in redemptions.list_live(tx, person.id) if _is_aside(row, item, tx.now)]
    if aside:
        return RedemptionView(member=member, row=aside[0])
    refusal = _find_refusal(tx, member, offered, shop.campaign_id)
    if refusal is None and not redemptions.take_from_stock(tx, shop.campaign_id, item, offered.stock):
        refusal = Refusal.STOCK
    if refusal is not None:
        return RedemptionView(member=member, refusal=refusal, price=offered.price)
    number = redemptions.add(
        tx,
        reference=compose_reference(secrets.choice),
        person_id=person.id,
        version_id=terms.version_id,
        item=item,
        price=offered.price,
        expires_at=tx.now + RESERVED_SECONDS * SECOND,
    )
    return RedemptionView(member=member, row=redemptions.get(tx, number))


def confirm(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Pay for what was put aside; it waits at the counter from now on. A second tap changes nothing."""
    member, row = _open_own(tx, visitor, redemption_id)
    if row is None or row.state is not RedemptionState.RESERVED:
        return RedemptionView(member=member, row=row)
    if row.expires_at <= tx.now:
        _give_up(tx, row)
        return RedemptionView(member=member, refusal=Refusal.LATE)
    ledger_id = ledgers.spend(tx, member.id, row.price, key=f"redemption:{row.id}", reason=compose_reason(row.item))
    if ledger_id is None:
        return RedemptionView(member=member, row=row, refusal=Refusal.POINTS, price=row.price)
    until = tx.now + _find_valid_days(tx, row) * DAY
    redemptions.set_paid(tx, row.id, ledger_id=ledger_id, expires_at=until)
    publish_redemption(tx, HookEventKind.REDEEMED, row)
    return RedemptionView(member=view_member(tx, people.get(tx, member.id)), row=redemptions.get(tx, row.id))


def decline(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Give up what was put aside; what is paid stays so."""
    member, row = _open_own(tx, visitor, redemption_id)
    if row is not None and row.state is RedemptionState.RESERVED:
        _give_up(tx, row)
    return RedemptionView(member=member)


def look(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Something of the member's own; of others' nothing is said."""
    member = view_member(tx, enter(tx, visitor))
    return RedemptionView(member=member, row=_find_own(tx, member, redemption_id))


def look_up(tx: Tx, *, visitor: Profile, reference: str | None) -> RedemptionView:
    """The same by its reference: what a member's own telephone sees behind the code."""
    member = view_member(tx, enter(tx, visitor))
    row = redemptions.find_by_reference(tx, reference) if reference is not None else None
    return RedemptionView(member=member, row=row if row is not None and row.person_id == member.id else None)


def check(tx: Tx, *, visitor: Profile, reference: str | None) -> CheckView:
    """Who has what, and whether it can be handed out.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    member = view_member(tx, enter(tx, visitor))
    row = redemptions.find_by_reference(tx, reference) if reference is not None else None
    return _view_check(tx, member, row)


def check_number(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> CheckView:
    """The same of something that stands beside its member.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _view_check(tx, view_member(tx, enter(tx, visitor)), _find(tx, redemption_id))


def hand_out(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> CheckView:
    """Hand it out at the counter: once, whoever taps how often.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    member, row = view_member(tx, enter(tx, visitor)), _find(tx, redemption_id)
    done = (
        row is not None
        and decide_use(row.state, row.expires_at, tx.now) is Use.READY
        and redemptions.set_used(tx, row, member.id)
    )
    if row is not None and done:
        move_grant(tx, row, GrantState.USED)
        publish_redemption(tx, HookEventKind.USED, row)
        _tell(tx, row, HandedOut(item=row.item), member.id, Act.HANDED_OUT)
    return _view_check(tx, member, _find(tx, redemption_id), done=done)


def take_back(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> CheckView:
    """It was not handed out after all; within two minutes.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    member, row = view_member(tx, enter(tx, visitor)), _find(tx, redemption_id)
    if row is not None and decide_undo(row.state, row.used_at, tx.now) and redemptions.set_unused(tx, row):
        move_grant(tx, row, GrantState.AVAILABLE)
        publish_redemption(tx, HookEventKind.UNUSED, row)
        _tell(tx, row, HandedBack(item=row.item), member.id, Act.HANDED_BACK)
    return _view_check(tx, member, _find(tx, redemption_id))


def list_due(tx: Tx, *, limit: int) -> list[RedemptionId]:
    """What has waited longer than it may."""
    return redemptions.list_due(tx, limit)


def expire(tx: Tx, due: Sequence[RedemptionId]) -> None:
    """Let go what nobody said yes to, and give back the points for what nobody came for."""
    for row in (redemptions.lock(tx, each) for each in due):
        if row.expires_at > tx.now:
            continue  # a tap was quicker
        if row.state is RedemptionState.RESERVED:
            _give_up(tx, row)
        elif row.state is RedemptionState.REDEEMED:
            (_return_points if row.grant_id is None else expire_given)(tx, row)


def compose_reason(item: str) -> str:
    """Why points moved, as the ledger says it."""
    return f"{FOR_ITEM}{item}"


def _return_points(tx: Tx, row: RedemptionRow) -> None:
    transfer = Transfer(
        debit=ledgers.HOUSE_ACCOUNT,
        credit=ledgers.open_account(tx, row.person_id),
        amount=row.price,
        key=f"redemption:{row.id}:returned",
        reason=compose_reason(row.item),
        referral_id=None,
    )
    if redemptions.set_expired(tx, row.id, ledger_id=ledgers.post(tx, transfer)):
        redemptions.put_back(tx, row)
        publish_redemption(tx, HookEventKind.RETURNED, row)
    if people.get(tx, row.person_id).is_member:
        expired = RedemptionExpired(item=row.item, points=row.price)
        owe(tx, MemberAddress(row.person_id), expired, key=row.id)


def _give_up(tx: Tx, row: RedemptionRow) -> None:
    if redemptions.set_declined(tx, row.id):
        redemptions.put_back(tx, row)


def _tell(tx: Tx, row: RedemptionRow, notice: Notice, actor_id: PersonId, act: Act) -> None:
    """To the member at once, and to whoever reads later what was done."""
    audit.add(tx, actor_id=actor_id, act=act, subject="", person_id=row.person_id, after=row.item)
    if people.get(tx, row.person_id).is_member:
        owe(tx, MemberAddress(row.person_id), notice, key=f"{row.id}:{tx.now}")


def _open_own(tx: Tx, visitor: Profile, redemption_id: RedemptionId) -> tuple[MemberView, RedemptionRow | None]:
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    member = view_member(tx, person)
    return member, _find_own(tx, member, redemption_id)


def _find_own(tx: Tx, member: MemberView, redemption_id: RedemptionId) -> RedemptionRow | None:
    row = _find(tx, redemption_id)
    return row if row is not None and row.person_id == member.id else None


def _find(tx: Tx, redemption_id: RedemptionId) -> RedemptionRow | None:
    try:
        return redemptions.lock(tx, redemption_id) if tx.writable else redemptions.get(tx, redemption_id)
    except RowMissing:
        return None


def _find_refusal(
    tx: Tx, member: MemberView, item: CatalogueItem, campaign_id: CampaignId, taken: int = 0
) -> Refusal | None:
    if item.stock is not None and taken >= item.stock:
        return Refusal.STOCK
    if member.balance < item.price:
        return Refusal.POINTS
    if item.per_member is not None:
        had = redemptions.count_had(tx, member.id, campaign_id, item.key)
        return Refusal.ENOUGH if had >= item.per_member else None
    return None


def _find_valid_days(tx: Tx, row: RedemptionRow) -> int:
    item = get_terms(tx, row.campaign_version_id).campaign.find_item(row.item)
    return VALID_DAYS if item is None else item.valid_days


def _is_aside(row: RedemptionRow, item: str, now: int) -> bool:
    return row.item == item and row.state is RedemptionState.RESERVED and row.expires_at > now


def _view_check(tx: Tx, member: MemberView, row: RedemptionRow | None, *, done: bool = False) -> CheckView:
    if row is None:
        return CheckView(member=member)
    return CheckView(
        member=member,
        row=row,
        use=decide_use(row.state, row.expires_at, tx.now),
        holder=compose_name(people.get(tx, row.person_id).profile),
        can_undo=decide_undo(row.state, row.used_at, tx.now),
        done=done,
    )

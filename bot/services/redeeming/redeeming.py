"""Having something for points: put aside, paid, handed out at the counter once, or given back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from enum import Enum, auto

from bot.core.campaigns.catalogue import AT_ONCE, VALID_DAYS, CatalogueItem
from bot.core.durations import DAY, SECOND
from bot.core.redeeming import compose_reference, decide_use
from bot.services.campaigns import get_terms, read_terms
from bot.services.members import MemberView, enter, view_member
from bot.services.notices import owe
from bot.services.redeeming import granted
from bot.services.redeeming.counter import Check, Counter
from bot.services.redeeming.given import expire_given
from bot.services.redeeming.granted import compose_reason, return_points
from bot.services.redeeming.notices import HandedBack, HandedOut, RedemptionExpired
from bot.services.rewards.viewing import GrantView, view_grant
from bot.services.webhooks.publishing import publish_redemption
from storage.addresses import MemberAddress
from storage.facts import RESERVED_SECONDS, RedemptionId, RedemptionRow, RedemptionState
from storage.frozen import frozen
from storage.records import CampaignId, Profile
from storage.tables import coupons, grants, ledgers, people, redemptions, shops
from storage.tables.shops import ShopRow
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


@frozen
class Offer:
    """Something of the catalogue, as a member sees it."""

    item: CatalogueItem
    left: int | None
    """How many there are still; None for as many as are wanted."""
    refusal: Refusal | None
    """Why it cannot be had now."""
    waits: bool = False
    """Whoever takes it now waits for a new one."""


@frozen
class CounterView:
    """What there is for points, and what waits for a member."""

    offers: Sequence[Offer] = ()
    waiting: Sequence[RedemptionRow] = ()
    balance: int = 0
    """What there is to pay with."""


@frozen
class RedemptionView:
    """Something in a member's hands, or why it is not; `row` is None for what never was."""

    member: MemberView
    row: RedemptionRow | None = None
    refusal: Refusal | None = None
    price: int = 0
    """What it costs, where it was refused for want of points."""
    item: str = ""
    """Which it is."""
    waits: bool = False
    """Whoever takes it now waits for a new one."""
    grant: GrantView | None = None
    """What was given for the points, where that is not the counter's."""


@frozen
class ThingAnswer:
    """Why something of the catalogue stands as it does; `row` is None for what never was this member's."""

    member: MemberView
    row: RedemptionRow | None = None
    offered: CatalogueItem | None = None
    """As it stood in the catalogue when it was put aside; None where no word of that is left."""
    grant: GrantView | None = None
    """What a rule gave, or what was given for the points at once: that one is to be explained."""


def view_counter(tx: Tx, member: MemberView) -> CounterView:
    """What there is for points, dearest last, and what waits for this member."""
    shop = shops.get(tx)
    catalogue = read_terms(tx, shop).campaign.catalogue
    taken = redemptions.list_taken(tx, shop.campaign_id) if catalogue else {}
    offers = [
        _view_offer(tx, member, shop, item, taken.get(item.key, 0))
        for item in sorted(catalogue, key=lambda item: item.price)
    ]
    return CounterView(offers=offers, waiting=redemptions.list_live(tx, member.id), balance=member.balance)


def _view_offer(tx: Tx, member: MemberView, shop: ShopRow, item: CatalogueItem, taken: int) -> Offer:
    """Of a coupon no more are left than lie in its pool."""
    ready = _count_ready(tx, item)
    counts = [count for count in (item.stock and max(0, item.stock - taken), ready or None) if count is not None]
    return Offer(
        item=item,
        left=min(counts, default=None),
        refusal=_find_refusal(tx, member, item, shop.campaign_id, taken),
        waits=ready == 0,
    )


def _count_ready(tx: Tx, item: CatalogueItem) -> int | None:
    """How many coupons lie ready for it; None for what is none."""
    if not item.pool:
        return None
    pool = coupons.find_pool(tx, item.pool)
    return 0 if pool is None else pool.ready


def reserve(tx: Tx, *, visitor: Profile, item: str) -> RedemptionView:
    """Put something aside for a member, for ten minutes; what they have put aside already stays that."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    member, shop = view_member(tx, person), shops.get(tx)
    terms = read_terms(tx, shop)
    offered = terms.campaign.find_item(item)
    if offered is None:
        return RedemptionView(member=member, refusal=Refusal.GONE)
    waits = _count_ready(tx, offered) == 0
    aside = [row for row in redemptions.list_live(tx, person.id) if _is_aside(row, item, tx.now)]
    if aside:
        return RedemptionView(member=member, row=aside[0], item=item, waits=waits)
    refusal = _find_refusal(tx, member, offered, shop.campaign_id)
    if refusal is None and not redemptions.take_from_stock(tx, shop.campaign_id, item, offered.stock):
        refusal = Refusal.STOCK
    if refusal is not None:
        return RedemptionView(member=member, refusal=refusal, price=offered.price, item=item)
    number = redemptions.add(
        tx,
        reference=compose_reference(secrets.choice),
        person_id=person.id,
        version_id=terms.version_id,
        item=item,
        price=offered.price,
        expires_at=tx.now + RESERVED_SECONDS * SECOND,
    )
    return RedemptionView(member=member, row=redemptions.get(tx, number), item=item, waits=waits)


def confirm(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Pay for what was put aside; from now on it waits at the counter, or is on its way. A second tap changes nothing."""
    member, row = _open_own(tx, visitor, redemption_id)
    if row is None or row.state is not RedemptionState.RESERVED:
        return _view(tx, member, row)
    if row.expires_at <= tx.now:
        _give_up(tx, row)
        return RedemptionView(member=member, refusal=Refusal.LATE)
    ledger_id = ledgers.spend(tx, member.id, row.price, key=f"redemption:{row.id}", reason=compose_reason(row.item))
    if ledger_id is None:
        return RedemptionView(member=member, row=row, refusal=Refusal.POINTS, price=row.price, item=row.item)
    _hand_over(tx, row, ledger_id)
    publish_redemption(tx, HookEventKind.REDEEMED, row)
    return _view(tx, view_member(tx, people.get(tx, member.id)), redemptions.get(tx, row.id))


def _hand_over(tx: Tx, row: RedemptionRow, ledger_id: int) -> None:
    item = get_terms(tx, row.campaign_version_id).campaign.find_item(row.item)
    if item is not None and item.kind in AT_ONCE:
        redemptions.set_granted(tx, row.id, ledger_id=ledger_id, grant_id=granted.grant(tx, row, item.rule))
        return
    until = tx.now + (VALID_DAYS if item is None else item.valid_days) * DAY
    redemptions.set_paid(tx, row.id, ledger_id=ledger_id, expires_at=until)


def decline(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Give up what was put aside; what is paid stays so."""
    member, row = _open_own(tx, visitor, redemption_id)
    if row is not None and row.state is RedemptionState.RESERVED:
        _give_up(tx, row)
    return RedemptionView(member=member)


def give_up(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Have the points back for what was paid and has not come yet; what has come, or is on its way, stays so."""
    member = view_member(tx, enter(tx, visitor))
    row = _find_own(tx, member, redemption_id, locks=False)
    if row is not None and row.state is RedemptionState.GRANTED:
        granted.give_up_waiting(tx, row)
        row = redemptions.get(tx, row.id)
    return _view(tx, view_member(tx, people.get(tx, member.id)), row)


def look(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> RedemptionView:
    """Something of the member's own; of others' nothing is said."""
    member = view_member(tx, enter(tx, visitor))
    return _view(tx, member, _find_own(tx, member, redemption_id))


def explain_thing(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> ThingAnswer:
    """Why something of the member's own stands as it does; of others' nothing is said."""
    member = view_member(tx, enter(tx, visitor))
    row = _find_own(tx, member, redemption_id, locks=False)
    if row is None:
        return ThingAnswer(member=member)
    if row.grant_id is not None:
        return ThingAnswer(member=member, row=row, grant=view_grant(tx, grants.get(tx, row.grant_id)))
    offered = get_terms(tx, row.campaign_version_id).campaign.find_item(row.item)
    return ThingAnswer(member=member, row=row, offered=offered)


def look_up(tx: Tx, *, visitor: Profile, reference: str | None) -> RedemptionView:
    """The same by its reference: what a member's own telephone sees behind the code."""
    member = view_member(tx, enter(tx, visitor))
    row = redemptions.find_by_reference(tx, reference) if reference is not None else None
    return RedemptionView(member=member, row=row if row is not None and row.person_id == member.id else None)


def check(tx: Tx, *, visitor: Profile, reference: str | None) -> Check[RedemptionRow]:
    """Who has what, and whether it can be handed out.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return THINGS.check(tx, visitor, None if reference is None else redemptions.find_by_reference(tx, reference))


def check_number(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> Check[RedemptionRow]:
    """The same of something that stands beside its member.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return THINGS.check(tx, visitor, redemptions.find(tx, redemption_id))


def hand_out(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> Check[RedemptionRow]:
    """Hand it out at the counter: once, whoever taps how often.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return THINGS.hand_out(tx, visitor, redemption_id)


def take_back(tx: Tx, *, visitor: Profile, redemption_id: RedemptionId) -> Check[RedemptionRow]:
    """It was not handed out after all; within two minutes.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    return THINGS.take_back(tx, visitor, redemption_id)


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
            (_expire_bought if row.grant_id is None else expire_given)(tx, row)


def _expire_bought(tx: Tx, row: RedemptionRow) -> None:
    if redemptions.set_expired(tx, row.id, ledger_id=return_points(tx, row)):
        redemptions.put_back(tx, row)
        publish_redemption(tx, HookEventKind.RETURNED, row)
    if people.get(tx, row.person_id).is_member:
        expired = RedemptionExpired(item=row.item, points=row.price)
        owe(tx, MemberAddress(row.person_id), expired, key=row.id)


def _give_up(tx: Tx, row: RedemptionRow) -> None:
    if redemptions.set_declined(tx, row.id):
        redemptions.put_back(tx, row)


def _open_own(tx: Tx, visitor: Profile, redemption_id: RedemptionId) -> tuple[MemberView, RedemptionRow | None]:
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    member = view_member(tx, person)
    return member, _find_own(tx, member, redemption_id)


def _view(tx: Tx, member: MemberView, row: RedemptionRow | None) -> RedemptionView:
    """With what was given for the points."""
    if row is None or row.grant_id is None or not row.price:
        return RedemptionView(member=member, row=row, item="" if row is None else row.item)
    return RedemptionView(member=member, row=row, item=row.item, grant=view_grant(tx, grants.get(tx, row.grant_id)))


def _find_own(tx: Tx, member: MemberView, redemption_id: RedemptionId, *, locks: bool = True) -> RedemptionRow | None:
    row = (redemptions.find_locked if tx.writable and locks else redemptions.find)(tx, redemption_id)
    return row if row is not None and row.person_id == member.id else None


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


def _is_aside(row: RedemptionRow, item: str, now: int) -> bool:
    return row.item == item and row.state is RedemptionState.RESERVED and row.expires_at > now


THINGS: Counter[RedemptionRow] = Counter(
    find=lambda tx, number: redemptions.find(tx, RedemptionId(number)),
    decide=lambda row, now: decide_use(row.state, row.expires_at, now),
    set_used=redemptions.set_used,
    set_unused=redemptions.set_unused,
    call=lambda row: row.item,
    publish=lambda tx, kind, row, _: publish_redemption(tx, kind, row),
    compose=lambda row, undone: (HandedBack if undone else HandedOut)(item=row.item),
)
"""What was had for points, or a rule gave to be handed out, is shown by its reference."""

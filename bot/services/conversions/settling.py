"""Where an order stands: decided anew from all that is known of it, whatever came first, and what follows written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.conversions.states import (
    Order,
    Recommendation,
    decide_look_again,
    decide_state,
    is_early,
    is_future,
)
from bot.core.durations import DAY
from bot.services.campaigns import get_terms
from bot.services.conversions.buyers import Buyer, find_buyer
from bot.services.pulse.asking import expect_pulse
from bot.services.rewards.purchases import (
    Noted,
    note_purchase,
    note_refund,
    note_reported,
    pay_promised,
    take_back_reported,
)
from bot.services.webhooks.publishing import publish_sale
from storage.conversion import Conversion, ConversionType, Reason, Sale, SaleId, SaleState
from storage.frozen import frozen
from storage.pulse import PulseCause
from storage.records import PersonId, Referral, ReferralState
from storage.tables import conversions, people, referrals, sales
from storage.tx import Tx

FRESH = 2 * DAY
"""Who bought something longer ago than this is not asked any more how it was: a list may tell of months."""

_COUNTS = (SaleState.COUNTED, SaleState.REDUCED)


@frozen
class _Known:
    """All that was reported of an order."""

    purchase: Conversion | None
    refunds: Sequence[Conversion]
    refunded: int
    """By those that fit to the purchase."""
    customs: Sequence[Conversion]

    @property
    def unheard(self) -> Sequence[Conversion]:
        """The custom events of which the rules have not been asked."""
        return [each for each in self.customs if each.event_id is None]

    def list_ahead(self, now: int) -> Sequence[int]:
        """When those of them are said to happen that are of the future."""
        moments = [each.report.occurred_at for each in self.unheard]
        return [each for each in moments if is_future(each, now)]


def settle(tx: Tx, sale: Sale, *, buyer_id: PersonId | None = None) -> Sale:
    """Decide where an order stands and do what follows; its row is locked. Returns it as it is now.

    With `buyer_id` the team says whose it is.
    """
    told = conversions.list_of(tx, sale.id)
    known, buyer = _read(told, tx.now), find_buyer(tx, sale, told, said=buyer_id)
    if buyer.person_id is not None:
        people.lock(tx, buyer.person_id)
    referral = referrals.find_by_invitee(tx, buyer.person_id) if buyer.person_id is not None else None
    order = _view(tx, sale, known, buyer, referral)
    state, reason = decide_state(order, shop_currency=find_currency(tx), now=tx.now)
    received_at = (known.purchase or told[0]).received_at if told else tx.now
    due_at = decide_look_again(
        state,
        reason,
        occurred_at=order.occurred_at,
        received_at=received_at,
        now=tx.now,
        ahead=known.list_ahead(tx.now),
    )
    now = replace(
        sale,
        person_id=buyer.person_id,
        state=state,
        reason=reason,
        amount=order.amount,
        currency=order.currency,
        occurred_at=order.occurred_at,
        refunded=min(known.refunded, order.amount or 0),
        due_at=due_at,
    )
    now = _follow(tx, sale, now, known, referral)
    if order.recommendation is not None and referral is not None and state is not SaleState.DROPPED:
        _note_customs(tx, known.unheard, order.recommendation, referral)
    return _keep(tx, sale, now)


def drop(tx: Tx, sale: Sale) -> Sale:
    """Put an order aside for good: it counts no longer, and what it brought is taken back."""
    now = settle(tx, sale)
    if now.state is SaleState.DROPPED:
        return now
    known = _read(conversions.list_of(tx, now.id), tx.now)
    referral = referrals.find_by_invitee(tx, now.person_id) if now.person_id is not None else None
    take_back_reported(tx, [each.event_id for each in known.customs if each.event_id is not None])
    gone = _follow(tx, now, replace(now, state=SaleState.DROPPED, reason=Reason.NONE, due_at=None), known, referral)
    return _keep(tx, now, gone)


def settle_due(tx: Tx, due: Sequence[SaleId]) -> None:
    """Look again at orders whose time has come."""
    for sale_id in due:
        settle(tx, sales.lock(tx, sale_id))


def list_due(tx: Tx, *, limit: int) -> list[SaleId]:
    """Those orders."""
    return sales.list_due(tx, limit)


def find_currency(tx: Tx) -> str:
    """The shop's currency: what its points are worth in, else that of the first order that counted; empty as yet."""
    return get_terms(tx).campaign.worth_currency or sales.find_currency(tx)


def _keep(tx: Tx, before: Sale, now: Sale) -> Sale:
    """Write down how an order stands now, and tell whoever wants to hear that it stands otherwise."""
    if now != before:
        sales.set_all(tx, now)
    if (now.state, now.refunded) != (before.state, before.refunded):
        publish_sale(tx, now)
    return now


def _read(found: Sequence[Conversion], now: int) -> _Known:
    by_type = {type_: [each for each in found if each.report.type is type_] for type_ in ConversionType}
    purchase = next(iter(by_type[ConversionType.PURCHASE]), None)
    refunds = by_type[ConversionType.REFUND]
    fit = [
        each.report.amount or 0
        for each in refunds
        if purchase is not None
        and each.report.currency == purchase.report.currency
        and not is_future(each.report.occurred_at, now)
    ]
    return _Known(purchase=purchase, refunds=refunds, refunded=sum(fit), customs=by_type[ConversionType.CUSTOM])


def _view(tx: Tx, sale: Sale, known: _Known, buyer: Buyer, referral: Referral | None) -> Order:
    said, by = known.purchase.report if known.purchase is not None else None, None
    happened_at = max((each.report.occurred_at for each in known.unheard), default=sale.occurred_at)
    if referral is not None:
        claim_days = get_terms(tx, referral.campaign_version_id).campaign.rules.claim_days
        by = Recommendation(state=referral.state, joined_at=referral.joined_at, claim_days=claim_days)
    return Order(
        amount=said.amount if said is not None else None,
        currency=said.currency if said is not None else "",
        occurred_at=said.occurred_at if said is not None else happened_at,
        unheard=bool(known.unheard),
        refunded=known.refunded,
        refunds=len(known.refunds),
        known=buyer.person_id is not None,
        unknown=buyer.reason,
        recommendation=by,
        counted=sale.event_id is not None,
        dropped=sale.state is SaleState.DROPPED,
    )


def _follow(tx: Tx, before: Sale, now: Sale, known: _Known, referral: Referral | None) -> Sale:
    """Give and take what the change brings."""
    buyer_id = now.person_id
    if buyer_id is None:
        return now
    left = 0 if now.state is SaleState.DROPPED else now.left
    noted = before.event_id is not None or before.share_id is not None
    if now.state in _COUNTS and before.event_id is None and referral is not None:
        nth = sales.count_counted(tx, buyer_id) + 1
        event_id = note_purchase(tx, referral, amount=left, nth=nth, key=f"sale:{now.id}")
        now = replace(now, event_id=event_id)
    if not noted and now.state in {*_COUNTS, SaleState.NOTED, SaleState.EARLY}:
        if before.state is not now.state and tx.now - now.occurred_at < FRESH:
            expect_pulse(tx, buyer_id, PulseCause.PURCHASED)
        return replace(now, share_id=pay_promised(tx, buyer_id, left))
    was_left = 0 if before.state is SaleState.DROPPED else before.left
    return _take_back(tx, now, known, referral, left) if noted and left < was_left else now


def _take_back(tx: Tx, now: Sale, known: _Known, referral: Referral | None, left: int) -> Sale:
    assert now.person_id is not None
    causes = [each.event_id for each in known.refunds if each.event_id is not None]
    noted = note_refund(
        tx,
        Noted(event_id=now.event_id, share_id=now.share_id),
        buyer_id=now.person_id,
        referral=referral if now.event_id is not None else None,
        left=left,
        events_before=causes,
        key=f"sale:{now.id}:{left}",
    )
    untold = next((each for each in known.refunds if each.event_id is None), None)
    if untold is not None and noted.event_id is not None:
        conversions.set_event(tx, untold.id, noted.event_id)
    return replace(now, share_id=noted.share_id)


def _note_customs(tx: Tx, unheard: Sequence[Conversion], by: Recommendation, referral: Referral) -> None:
    """Ask the rules of what else was told of a friend who counts, once each."""
    if by.state is not ReferralState.QUALIFIED:
        return
    for told in unheard:
        said = told.report
        if not is_future(said.occurred_at, tx.now) and not is_early(said.occurred_at, by):
            event_id = note_reported(tx, referral, event=said.part, key=f"custom:{told.id}")
            conversions.set_event(tx, told.id, event_id)

"""Where an order stands, given everything that is known of it now; docs/conversions.md has the table."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.durations import DAY, SECOND
from storage.conversion import Reason, SaleState
from storage.frozen import frozen
from storage.records import ReferralState

SKEW_SECONDS = 300
"""So far another clock may be ahead before what it says is of the future."""

RETRY_SECONDS = 60
RETRY_DAYS = 30
"""For so long an order that waits is looked at again by itself; the team can tie it at any time."""


@frozen
class Recommendation:
    """What brought the buyer."""

    state: ReferralState
    joined_at: int
    claim_days: int
    """By its terms: a purchase may come so much before it."""


@frozen
class Order:
    """What is known of one."""

    amount: int | None
    """None before the purchase was reported."""
    unheard: bool = False
    """There are custom events of which the rules have not been asked."""
    currency: str
    occurred_at: int
    refunded: int
    """By refunds in the same currency that are not of the future."""
    refunds: int
    """How many there are, whatever they say."""
    known: bool
    """Whether the buyer is a member."""
    unknown: Reason
    """Where not: why."""
    recommendation: Recommendation | None
    counted: bool
    """It has counted before."""
    dropped: bool = False


def decide_state(order: Order, *, shop_currency: str, now: int) -> tuple[SaleState, Reason]:
    """Where it stands, and what it waits for. What has counted once is asked for no currency and no time again."""
    reason = _decide_reason(order, shop_currency, now)
    if order.dropped:
        return SaleState.DROPPED, Reason.NONE
    if order.amount is None and order.refunds:
        return SaleState.WAITING, Reason.NO_PURCHASE
    if order.amount is None:
        return _decide_custom(order, reason)
    if order.refunded and order.refunded >= order.amount:
        return SaleState.REFUNDED, Reason.NONE
    return (SaleState.WAITING, reason) if reason else (_decide_counting(order), Reason.NONE)


def decide_look_again(
    state: SaleState, reason: Reason, *, occurred_at: int, received_at: int, now: int, ahead: Sequence[int] = ()
) -> int | None:
    """When an order is looked at again by itself; None for never. The longer it has waited, the seldomer.

    `ahead` is when its custom events are said to happen that were told too early.
    """
    if state is not SaleState.WAITING or reason is Reason.FUTURE:
        waits_for = [occurred_at] if reason is Reason.FUTURE else [] if state is SaleState.DROPPED else ahead
        return min((max(now + RETRY_SECONDS * SECOND, at - SKEW_SECONDS * SECOND) for at in waits_for), default=None)
    age = now - received_at
    if age > RETRY_DAYS * DAY or reason in {Reason.NO_PURCHASE, Reason.UNCONFIRMED}:
        return None
    return now + max(RETRY_SECONDS * SECOND, age // 8)


def is_future(occurred_at: int, now: int) -> bool:
    """Whether something is said to happen only later."""
    return occurred_at > now + SKEW_SECONDS * SECOND


def is_early(occurred_at: int, by: Recommendation) -> bool:
    """Whether something happened so long before a recommendation that it has nothing to do with it."""
    return occurred_at < by.joined_at - by.claim_days * DAY


def _decide_reason(order: Order, shop_currency: str, now: int) -> Reason:
    if order.counted:
        return Reason.NONE
    if is_future(order.occurred_at, now):
        return Reason.FUTURE
    if order.amount is not None and shop_currency and order.currency != shop_currency:
        return Reason.CURRENCY
    return Reason.NONE if order.known else order.unknown


def _decide_custom(order: Order, reason: Reason) -> tuple[SaleState, Reason]:
    """Of custom events alone: like a purchase until the rules have been asked of them."""
    if not order.unheard:
        return SaleState.OPEN, Reason.NONE
    state = SaleState.WAITING if reason else _decide_counting(order)
    return (SaleState.OPEN if state is SaleState.COUNTED else state), reason


def _decide_counting(order: Order) -> SaleState:
    by = order.recommendation
    if by is not None and by.state is ReferralState.REVOKED:
        return SaleState.ENDED
    if not order.counted:
        if by is None or by.state is ReferralState.WAITING:
            return SaleState.NOTED
        if is_early(order.occurred_at, by):
            return SaleState.EARLY
    return SaleState.REDUCED if order.refunded else SaleState.COUNTED

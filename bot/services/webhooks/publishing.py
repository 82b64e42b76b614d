"""Owing other systems a word, in the transaction in which something happens; it costs nothing where nobody wants to hear."""

from __future__ import annotations

import json

from storage.conversion import Sale
from storage.facts import GrantRow, RedemptionRow
from storage.records import BroadcastId, PersonId, Referral
from storage.tables import deliveries, shops, webhooks
from storage.ticket import TicketRow
from storage.tx import Tx
from storage.webhook import HookEventKind


def publish_referral(tx: Tx, kind: HookEventKind, referral: Referral, **more: object) -> None:
    """A friend came, counts, or does not any more."""
    if shops.is_told(tx, kind):
        told = {"friend": referral.invitee_id, "inviter": referral.inviter_id, "source": referral.source}
        _owe(tx, kind, referral.invitee_id, referral=referral.id, **told, **more)


def publish_grant(tx: Tx, kind: HookEventKind, grant: GrantRow) -> None:
    """Somebody has earned something, or it was taken back."""
    if shops.is_told(tx, kind):
        told = {"rule": grant.rule, "give": grant.kind, "what": grant.what, "points": grant.points}
        _owe(tx, kind, grant.person_id, member=grant.person_id, reward=grant.id, **told, referral=grant.referral_id)


def publish_points(tx: Tx, person_id: PersonId, *, rule: str, points: int, referral: Referral) -> None:
    """Somebody has earned the usual points for a friend."""
    if shops.is_told(tx, HookEventKind.REWARDED):
        told = {"rule": rule, "give": "points", "what": "", "points": points, "referral": referral.id}
        _owe(tx, HookEventKind.REWARDED, person_id, member=person_id, reward=None, **told)


def publish_redemption(tx: Tx, kind: HookEventKind, redemption: RedemptionRow) -> None:
    """A member has paid points for something, or it was handed out, or came back."""
    if shops.is_told(tx, kind):
        told = {"item": redemption.item, "points": redemption.price, "reference": redemption.reference}
        _owe(tx, kind, redemption.person_id, member=redemption.person_id, redemption=redemption.id, **told)


def publish_coupon(tx: Tx, kind: HookEventKind, person_id: PersonId, *, pool: str, code: str) -> None:
    """A coupon was taken at the counter, or given back."""
    if shops.is_told(tx, kind):
        _owe(tx, kind, person_id, member=person_id, pool=pool, coupon=code)


def publish_sale(tx: Tx, sale: Sale) -> None:
    """An order stands otherwise."""
    if shops.is_told(tx, HookEventKind.ORDER):
        told = {"order_id": sale.order_id, "state": sale.state, "reason": sale.reason, "member": sale.person_id}
        money = {"amount": sale.amount, "refunded": sale.refunded, "currency": sale.currency}
        _owe(tx, HookEventKind.ORDER, sale.person_id, **told, **money)


def publish_broadcast(tx: Tx, broadcast_id: BroadcastId) -> None:
    """A message to all has reached everybody it could."""
    if shops.is_told(tx, HookEventKind.BROADCAST_FINISHED):
        counts = {state.value: count for state, count in deliveries.count_by_state(tx, broadcast_id).items()}
        _owe(tx, HookEventKind.BROADCAST_FINISHED, None, broadcast=broadcast_id, recipients=counts)


def publish_ticket(tx: Tx, ticket: TicketRow) -> None:
    """A member asks a person of the shop; without their words."""
    if shops.is_told(tx, HookEventKind.TICKET_OPENED):
        told = {"member": ticket.person_id, "ticket": ticket.id, "about": ticket.about}
        _owe(tx, HookEventKind.TICKET_OPENED, ticket.person_id, **told)


def _owe(tx: Tx, kind: HookEventKind, person_id: PersonId | None, **told: object) -> None:
    webhooks.owe(tx, kind, person_id=person_id, data=json.dumps(told))

"""Orders that wait, each with what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from bot.messages.buttons import ORDER, ORDER_ASIDE, ORDER_LIST, ORDER_OF, ORDER_WHOSE, ORDERS
from bot.messages.campaigns_panel import cut
from bot.messages.conversions.money import show_money
from bot.messages.keyboards import make_button, stack, tap_row
from bot.messages.outgoing import PRIMARY, OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name
from bot.messages.tickets.buttons import support_row
from bot.services.conversions.orders import OrdersView, OrderView
from bot.services.conversions.receipts import Opened, ReceiptView
from storage.conversion import Reason, Sale, SaleState

REASONS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.NO_PURCHASE: "orders.reason.no_purchase",
        Reason.FUTURE: "orders.reason.future",
        Reason.CURRENCY: "orders.reason.currency",
        Reason.NO_MEMBER: "orders.reason.no_member",
        Reason.UNKNOWN_MEMBER: "orders.reason.unknown_member",
        Reason.UNKNOWN_COUPON: "orders.reason.unknown_coupon",
        Reason.UNOPENED: "orders.reason.unopened",
        Reason.UNCONFIRMED: "orders.reason.unconfirmed",
    }
)
STATES: Mapping[SaleState, str] = MappingProxyType(
    {
        SaleState.OPEN: "orders.state.open",
        SaleState.NOTED: "orders.state.noted",
        SaleState.COUNTED: "orders.state.counted",
        SaleState.REDUCED: "orders.state.reduced",
        SaleState.REFUNDED: "orders.state.refunded",
        SaleState.EARLY: "orders.state.early",
        SaleState.ENDED: "orders.state.ended",
        SaleState.DROPPED: "orders.state.dropped",
    }
)
_TIEABLE = frozenset(
    {Reason.NO_MEMBER, Reason.UNKNOWN_MEMBER, Reason.UNKNOWN_COUPON, Reason.UNOPENED, Reason.UNCONFIRMED}
)
_OPENED = {
    Opened.OWN: "receipt.own",
    Opened.TAKEN: "receipt.taken",
    Opened.UNKNOWN: "receipt.unknown",
}


def render_orders(texts: Texts, shop: Shop, view: OrdersView) -> OutgoingMessage:
    """A page of them."""
    if not view.waiting:
        return OutgoingMessage(text=texts.say("orders.none"), keyboard=stack(tap_row(texts, ORDER_LIST)))
    lines = [texts.say("orders.title", count=view.total)]
    lines += [_say_line(texts, shop, sale) for sale in view.waiting]
    taps = [make_button(texts, ORDER, sale.id, label=sale.order_id) for sale in view.waiting]
    rows = [taps[first : first + 2] for first in range(0, len(taps), 2)]
    later = (
        [make_button(texts, ORDERS, view.next_before, label=texts.plain("orders.earlier"))] if view.next_before else []
    )
    return OutgoingMessage(text=Html("\n\n".join(lines)), keyboard=stack(*rows, later, tap_row(texts, ORDER_LIST)))


def render_order(texts: Texts, shop: Shop, view: OrderView) -> OutgoingMessage:
    """One of them, and what can be done."""
    sale = view.sale
    lines = [_say_line(texts, shop, sale)]
    if view.buyer:
        lines.append(texts.say("orders.buyer", name=show_name(texts, view.buyer, limit=32)))
    if view.named:
        lines.append(texts.say("orders.named", said=cut(view.named)))
    rows = []
    if sale.state is SaleState.WAITING and sale.reason in _TIEABLE:
        for number, name in view.claimed.items():
            label = texts.plain("orders.confirm", name=show_name(texts, name, limit=24))
            rows.append([make_button(texts, ORDER_OF, sale.id, number, label=label, style=PRIMARY)])
        rows.append([make_button(texts, ORDER_WHOSE, sale.id)])
    if sale.state is SaleState.WAITING:
        rows.append([make_button(texts, ORDER_ASIDE, sale.id)])
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(*rows, [make_button(texts, ORDERS)]))


def ask_buyer(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """Whose is it?"""
    return OutgoingMessage(text=texts.say("orders.ask_buyer", order=str(data["order"])))


def ask_number(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """A member's order: which?"""
    return OutgoingMessage(text=texts.say("order.ask"))


def render_claimed(texts: Texts, *, taken: bool, number: bool) -> OutgoingMessage:
    """What becomes of a member's word."""
    text = texts.say("order.noted" if taken else "order.many" if number else "order.no_number")
    return OutgoingMessage(text=text, keyboard=stack(support_row(texts, "order")))


def render_receipt(texts: Texts, view: ReceiptView) -> OutgoingMessage:
    """A receipt's link was opened."""
    if view.opened is not Opened.TIED:
        return OutgoingMessage(text=texts.say(_OPENED[view.opened]), keyboard=stack(support_row(texts, "order")))
    if view.sale is None or view.sale.amount is None:
        return OutgoingMessage(text=texts.say("receipt.tied"))
    money = show_money(texts, view.sale.amount, view.sale.currency)
    return OutgoingMessage(text=texts.say("receipt.tied_order", money=money))


def _say_line(texts: Texts, shop: Shop, sale: Sale) -> Html:
    money = show_money(texts, sale.amount or 0, sale.currency) if sale.amount is not None else "\u2013"
    waits = texts.say(REASONS[sale.reason]) if sale.reason else texts.say(STATES[sale.state])
    date = texts.date(sale.occurred_at, shop.zone)
    return texts.say("orders.line", order=sale.order_id, money=money, date=date, waits=waits)

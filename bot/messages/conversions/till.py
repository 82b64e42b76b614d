"""The till: whose purchase, for how much, done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.liability import count_digits
from bot.messages.buttons import SOLD_TO, SOLD_UNDO, Button
from bot.messages.conversions.money import show_money
from bot.messages.keyboards import make_button, stack
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name
from bot.services.conversions.till import Sold, TillView
from bot.services.looking_up import LookUpView
from storage.conversion import SaleState

_SAID = {
    Sold.ONESELF: "sold.oneself",
    Sold.NOBODY: "sold.nobody",
    Sold.KNOWN: "sold.known",
    Sold.UNDONE: "sold.undone",
    Sold.LATE: "sold.late",
}
_COUNTS = {SaleState.COUNTED: "sold.counted", SaleState.REDUCED: "sold.counted"}
_EXAMPLE = 1250


def ask_whose(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Who has bought?"""
    return OutgoingMessage(text=texts.say("sold.ask_whose"))


def ask_amount(texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> OutgoingMessage:
    """For how much?"""
    currency = str(data["currency"])
    digits = count_digits(currency)
    example = texts.number(_EXAMPLE * 10 ** (2 - digits) / 100 if digits else _EXAMPLE, digits=digits)
    name = show_name(texts, str(data["name"]), limit=32)
    key = "sold.ask_amount_in" if currency else "sold.ask_amount"
    return OutgoingMessage(text=texts.say(key, name=name, example=example, currency=currency))


def render_no_amount(texts: Texts, currency: str) -> OutgoingMessage:
    """That is none, or could be two."""
    digits = count_digits(currency)
    return OutgoingMessage(
        text=texts.say("sold.no_amount", example=texts.number(1250.5 if digits else 1250, digits=digits))
    )


def render_buyers(texts: Texts, view: LookUpView, button: Button = SOLD_TO, *values: int) -> OutgoingMessage:
    """Several, or nobody; `values` stand before the member in the data of the button that chooses one."""
    if not view.offered:
        return OutgoingMessage(text=texts.say("find.nobody"))
    label = texts.plain("find.nameless")
    rows = [
        [make_button(texts, button, *values, person_id, label=name or label)]
        for person_id, name in view.offered.items()
    ]
    return OutgoingMessage(text=texts.say("find.several"), keyboard=stack(*rows))


def render_sold(texts: Texts, view: TillView) -> OutgoingMessage:
    """Done, or why not."""
    if view.sold is not Sold.DONE or view.sale is None:
        order = view.sale.order_id if view.sale is not None else ""
        return OutgoingMessage(text=texts.say(_SAID[view.sold], order=order))
    sale = view.sale
    name = show_name(texts, view.name, first=True, limit=32)
    money = show_money(texts, sale.amount or 0, sale.currency)
    lines = [texts.say("sold.done", name=name, money=money, order=sale.order_id)]
    lines.append(texts.say(_COUNTS.get(sale.state, "sold.noted")))
    undo = [make_button(texts, SOLD_UNDO, sale.id)]
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(undo))

"""A list of orders: which column is what, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.conversions.order_lists import Fault
from bot.messages.buttons import ORDERS
from bot.messages.keyboards import stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.conversions.importing import Taken
from storage.conversion import MemberKey

KINDS: Mapping[MemberKey, str] = {
    MemberKey.CODE: "lists.kind.code",
    MemberKey.COUPON: "lists.kind.coupon",
    MemberKey.EXTERNAL_ID: "lists.kind.external_id",
}
_FAULTS = {
    Fault.ORDER: "lists.fault.order",
    Fault.AMOUNT: "lists.fault.amount",
    Fault.MEMBER: "lists.fault.member",
    Fault.DATE: "lists.fault.date",
}
MOST_NAMED = 10


def ask_file(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Send it."""
    return OutgoingMessage(text=texts.say("lists.ask_file"))


def ask_order(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Which column is the order's number?"""
    return OutgoingMessage(text=texts.say("lists.ask_order"))


def ask_amount(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Which is the amount?"""
    return OutgoingMessage(text=texts.say("lists.ask_amount"))


def ask_member(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Which says who has bought?"""
    return OutgoingMessage(text=texts.say("lists.ask_member"))


def ask_kind(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """What does it say of the buyer?"""
    return OutgoingMessage(text=texts.say("lists.ask_kind"))


def ask_date(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> OutgoingMessage:
    """Which is the day?"""
    return OutgoingMessage(text=texts.say("lists.ask_date"))


def list_columns(_texts: Texts, _shop: Shop, data: Mapping[str, Any]) -> Mapping[str, str]:
    """The columns by their headings."""
    return {str(place): str(label) for place, label in dict(data["columns"]).items()}


def list_kinds(texts: Texts, _shop: Shop, _data: Mapping[str, Any]) -> Mapping[str, str]:
    """What a column can say of the buyer."""
    return {str(key): texts.plain(label) for key, label in KINDS.items()}


def render_no_list(texts: Texts) -> OutgoingMessage:
    """It has no headings, or is none."""
    return OutgoingMessage(text=texts.say("lists.no_list"))


def render_taken(texts: Texts, taken: Taken) -> OutgoingMessage:
    """What came of it."""
    lines = [texts.say("lists.taken", new=taken.new, known=taken.known)]
    if taken.differs:
        lines.append(texts.say("lists.differs", orders=", ".join(taken.differs[:MOST_NAMED])))
    if taken.refused:
        lines.append(texts.say("lists.refused", count=taken.refused))
        lines += [texts.say(_FAULTS[fault], line=number) for number, fault in taken.faults]
    return OutgoingMessage(text=Html("\n".join(lines)), keyboard=stack(tap_row(texts, ORDERS)))

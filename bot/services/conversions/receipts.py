"""Links on receipts: whoever opens one first is its order's buyer."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from enum import Enum, auto

from bot.services.conversions.settling import settle
from bot.services.joining.joining import start
from bot.services.members import MemberView, enter, view_member
from storage.conversion import Sale
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import buyers, code_keys, people, sales
from storage.tx import Tx

TOKEN_BYTES = 15
"""120 bits: nobody guesses one."""


class Opened(Enum):
    """What came of opening a receipt's link."""

    TIED = auto()
    OWN = auto()
    """It was tied to the same member before."""
    TAKEN = auto()
    """Somebody else was quicker."""
    UNKNOWN = auto()


@frozen
class ReceiptView:
    """What the member who opened a link sees."""

    member: MemberView
    opened: Opened
    sale: Sale | None = None
    """The order, where it was reported already."""


def make_receipt(tx: Tx, *, order_id: str) -> str:
    """The token of an order's receipt, the same whenever it is asked for: kept as a hash, computed with the shop's own key."""
    digest = hmac.digest(code_keys.get(tx).key, f"receipt:{order_id}".encode(), hashlib.sha256)
    token = urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
    buyers.add_receipt(tx, order_id, hash_token(token))
    return token


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_receipt(tx: Tx, *, visitor: Profile, token: str) -> ReceiptView:
    """Tie the order of a receipt to a member, once, and let it count where it does; a newcomer is greeted as any other."""
    known = people.find_member(tx, visitor.telegram_id)
    if known is None:
        start(tx, visitor=visitor, payload="")
    me, token_hash = enter(tx, visitor), hash_token(token)
    receipt = buyers.find_receipt(tx, token_hash)
    if receipt is None:
        return ReceiptView(member=view_member(tx, me), opened=Opened.UNKNOWN)
    tied = buyers.take_receipt(tx, token_hash, me.id)
    opened = Opened.TIED if tied else Opened.OWN if receipt.person_id == me.id else Opened.TAKEN
    found = sales.find_by_order(tx, receipt.order_id)
    if tied and found is not None:
        found = settle(tx, sales.lock(tx, found.id))
    if opened is Opened.TAKEN or (found is not None and found.person_id not in {None, me.id}):
        return ReceiptView(member=view_member(tx, me), opened=Opened.TAKEN)
    return ReceiptView(member=view_member(tx, enter(tx, visitor)), opened=opened, sale=found)

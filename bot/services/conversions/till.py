"""The team enters what was bought, without any other system; undone within two minutes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from bot.core.durations import SECOND
from bot.core.redeeming import REFERENCE_ALPHABET, UNDO_SECONDS
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.conversions.reporting import Outcome, report
from bot.services.conversions.settling import drop, find_currency
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from storage.conversion import Channel, ConversionType, MemberKey, Report, Sale, SaleId, SaleState
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile
from storage.tables import audit, conversions, people, sales
from storage.tx import Tx

_LETTERS = 7


class Sold(Enum):
    """What came of entering a purchase."""

    READY = auto()
    """Nothing was entered as yet."""
    DONE = auto()
    ONESELF = auto()
    NOBODY = auto()
    KNOWN = auto()
    """There is an order of this number already."""
    UNDONE = auto()
    LATE = auto()
    """It cannot be undone any more."""


@frozen
class TillView:
    """Somebody of the team at the till."""

    member: MemberView
    sold: Sold
    name: str = ""
    """Of the buyer."""
    currency: str = ""
    sale: Sale | None = None


def view_till(tx: Tx, *, visitor: Profile, person_id: PersonId) -> TillView:
    """Whose purchase it would be.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    buyer = _find_member(tx, person_id)
    member, currency = view_member(tx, me), find_currency(tx)
    if buyer is None or buyer.id == me.id:
        return TillView(member=member, sold=Sold.NOBODY if buyer is None else Sold.ONESELF, currency=currency)
    return TillView(member=member, sold=Sold.READY, name=compose_name(buyer.profile), currency=currency)


def sell_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> TillView:
    """Enter what a dialogue has come to.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    ready = view_till(tx, visitor=visitor, person_id=PersonId(int(data["person"])))
    buyer = _find_member(tx, PersonId(int(data["person"])))
    if ready.sold is not Sold.READY or buyer is None:
        return ready
    order_id = str(data["order"]) or "T-" + "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(_LETTERS))
    said = Report(
        type=ConversionType.PURCHASE,
        order_id=order_id,
        amount=int(data["amount"]),
        currency=ready.currency,
        member_key=MemberKey.CODE,
        member=buyer.code,
        occurred_at=tx.now,
        fingerprint=secrets.token_hex(8),
        channel=Channel.TILL,
    )
    told = report(tx, said, actor_id=ready.member.id)
    sale = sales.find_by_order(tx, order_id)
    if told.outcome is not Outcome.TAKEN or sale is None:
        return TillView(member=ready.member, sold=Sold.KNOWN, sale=sale)
    audit.add(
        tx, actor_id=ready.member.id, act=Act.SOLD, subject=order_id, person_id=buyer.id, after=str(data["amount"])
    )
    return TillView(member=ready.member, sold=Sold.DONE, name=ready.name, currency=ready.currency, sale=sale)


def undo_sale(tx: Tx, *, visitor: Profile, sale_id: SaleId) -> TillView:
    """Put aside at once what was entered by mistake, and take back what it brought.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    sale = sales.lock(tx, sale_id)
    typed = [each for each in conversions.list_of(tx, sale_id) if each.actor_id == me.id]
    fresh = [each for each in typed if each.received_at > tx.now - UNDO_SECONDS * SECOND]
    if not fresh or sale.state is SaleState.DROPPED:
        return TillView(member=view_member(tx, me), sold=Sold.LATE, sale=sale)
    gone = drop(tx, sale)
    audit.add(tx, actor_id=me.id, act=Act.UNSOLD, subject=sale.order_id, person_id=sale.person_id)
    return TillView(member=view_member(tx, me), sold=Sold.UNDONE, sale=gone)


def _find_member(tx: Tx, person_id: PersonId) -> Person | None:
    found = people.list_by_ids(tx, [person_id]).get(person_id)
    return found if found is not None and found.is_member else None

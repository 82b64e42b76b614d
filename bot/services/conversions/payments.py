"""Telegram's own payments count like any other purchase: as they are told, and as Telegram's list says a day later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.core.conversions.bodies import is_order_id
from bot.services.conversions.reporting import Reported, report
from storage.conversion import Channel, ConversionType, MemberKey, Report
from storage.frozen import frozen
from storage.tables import tallies
from storage.tx import Tx

STARS = "XTR"
SUBJECT, SEEN = "star_transactions", "seen"


@frozen
class Payment:
    """A payment in Telegram, or what became of one."""

    charge_id: str
    """The same for a payment and for its refund or chargeback."""
    telegram_id: int
    amount: int
    currency: str
    at: int
    refunded: bool = False


def note_payment(tx: Tx, payment: Payment) -> Reported:
    """Take a payment or its refund, once, by whichever way it is heard of first."""
    number = f"tg:{payment.charge_id}"
    if not is_order_id(number):
        number = f"tg:{hashlib.sha256(payment.charge_id.encode()).hexdigest()[:40]}"
    type_ = ConversionType.REFUND if payment.refunded else ConversionType.PURCHASE
    said = Report(
        type=type_,
        order_id=number,
        amount=payment.amount,
        currency=payment.currency,
        member_key=MemberKey.TELEGRAM_ID,
        member=str(payment.telegram_id),
        occurred_at=payment.at,
        fingerprint=f"{type_}:{payment.amount}:{payment.currency}",
        channel=Channel.TELEGRAM,
    )
    return report(tx, said)


def count_seen(tx: Tx) -> int:
    """How many of Telegram's transactions were looked at."""
    return tallies.read(tx, SUBJECT)[SEEN]


def note_transactions(tx: Tx, *, payments: Sequence[Payment], seen: int) -> None:
    """Take a page of Telegram's list, and remember how far it was read."""
    for payment in payments:
        note_payment(tx, payment)
    tallies.add(tx, SUBJECT, [SEEN] * seen)

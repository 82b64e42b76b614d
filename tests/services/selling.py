"""Somebody buys, and gives back."""

from __future__ import annotations

from bot.services.conversions.reporting import Reported, report
from storage import Tx
from storage.conversion import Channel, ConversionType, MemberKey, Report
from storage.records import PersonId
from storage.tables import people


def sell(
    tx: Tx,
    person_id: PersonId,
    *,
    amount: int,
    order_id: str,
    refund: str | None = None,
    currency: str = "EUR",
) -> Reported:
    """A member has bought for so much, or with `refund` (which of several) given so much back; now."""
    code = people.get(tx, person_id).code
    said = Report(
        type=ConversionType.PURCHASE if refund is None else ConversionType.REFUND,
        order_id=order_id,
        part=refund or "",
        amount=amount,
        currency=currency,
        member_key=MemberKey.CODE,
        member=code,
        occurred_at=tx.now,
        fingerprint=f"{order_id} {refund} {amount} {currency} {code}",
        channel=Channel.API,
    )
    return report(tx, said)

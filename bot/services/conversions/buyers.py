"""Who has bought: by a receipt that was opened, by what a report names, by what the team says."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.core.coupons.pools import fold_code
from bot.services.spoken import find_by_said
from storage.conversion import Conversion, MemberKey, Reason, Report, Sale
from storage.frozen import frozen
from storage.records import Person, PersonId
from storage.tables import buyers, coupons, grants, order_claims, people
from storage.tx import Tx


@frozen
class Buyer:
    """Who has bought, or why nobody knows."""

    person_id: PersonId | None = None
    reason: Reason = Reason.NONE


def find_buyer(tx: Tx, sale: Sale, told: Sequence[Conversion], *, said: PersonId | None = None) -> Buyer:
    """Whoever was found before; else by the team's word, by the receipt, or by the reports of the order in their order."""
    if sale.person_id is not None:
        return Buyer(person_id=sale.person_id)
    if said is not None:
        return _tie(tx, sale, told, said)
    receipt = buyers.find_receipt_of(tx, sale.order_id)
    if receipt is not None and receipt.person_id is not None:
        return _tie(tx, sale, told, receipt.person_id)
    reasons = []
    for each in told:
        found = find_named(tx, each.report)
        if found.person_id is not None:
            return _tie(tx, sale, told, found.person_id)
        reasons.append(found.reason)
    named = [reason for reason in reasons if reason is not Reason.NO_MEMBER]
    fallback = Reason.UNOPENED if receipt is not None and receipt.opened_at is None else Reason.NO_MEMBER
    if order_claims.list_of(tx, sale.order_id, 1):
        return Buyer(reason=Reason.UNCONFIRMED)
    return Buyer(reason=named[0] if named else fallback)


def find_named(tx: Tx, report: Report) -> Buyer:
    """Whom one report names."""
    if report.member_key is MemberKey.NOBODY:
        return Buyer(reason=Reason.NO_MEMBER)
    if report.member_key is MemberKey.TOKEN:
        receipt = buyers.find_receipt(tx, hashlib.sha256(report.member.encode()).hexdigest())
        if receipt is None:
            return Buyer(reason=Reason.UNKNOWN_MEMBER)
        return Buyer(person_id=receipt.person_id) if receipt.person_id is not None else Buyer(reason=Reason.UNOPENED)
    person_id = _FIND[report.member_key](tx, report.member)
    if person_id is not None:
        return Buyer(person_id=person_id)
    unknown_coupon = report.member_key is MemberKey.COUPON
    return Buyer(reason=Reason.UNKNOWN_COUPON if unknown_coupon else Reason.UNKNOWN_MEMBER)


def _tie(tx: Tx, sale: Sale, told: Sequence[Conversion], person_id: PersonId) -> Buyer:
    """Remember whose the shop's numbers of customers are, that its reports name."""
    for each in told:
        if each.report.member_key is MemberKey.EXTERNAL_ID:
            buyers.tie_customer(tx, each.report.member, person_id)
    order_claims.settle(tx, sale.order_id)
    return Buyer(person_id=person_id)


def _find_by_code(tx: Tx, code: str) -> PersonId | None:
    return _demand_member(people.find_by_code(tx, code) or find_by_said(tx, code))


def _find_by_coupon(tx: Tx, code: str) -> PersonId | None:
    """Whoever holds the one coupon of this code, or has held it."""
    held = {each.grant_id for each in coupons.list_by_code(tx, fold_code(code)) if each.grant_id is not None}
    return grants.get(tx, held.pop()).person_id if len(held) == 1 else None


def _find_by_number(tx: Tx, said: str) -> PersonId | None:
    return _demand_member(people.find_by_telegram_id(tx, int(said)))


def _demand_member(person: Person | None) -> PersonId | None:
    return person.id if person is not None and person.is_member else None


_FIND = {
    MemberKey.CODE: _find_by_code,
    MemberKey.COUPON: _find_by_coupon,
    MemberKey.EXTERNAL_ID: buyers.find_customer,
    MemberKey.TELEGRAM_ID: _find_by_number,
}

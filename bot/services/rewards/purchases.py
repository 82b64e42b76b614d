"""Somebody has bought something: for the capability that hears of purchases. None of those that are shipped does yet."""

from __future__ import annotations

from bot.core.rewards.rules import FOR_RULE, compute_share
from bot.services.campaigns import get_terms
from bot.services.rewards.giving import tell
from bot.services.rewards.granting import note_event
from storage.facts import EventKind, GrantRow, GrantState
from storage.records import PersonId, ReferralState, Transfer
from storage.tables import events, grants, ledgers, people, referrals
from storage.tx import Tx


def note_purchase(tx: Tx, *, buyer_id: PersonId, amount: int, key: str) -> None:
    """Give what the rules say of a purchase, once, and turn a share that the buyer was promised into points; told.

    Args:
        tx: The transaction.
        buyer_id: Who has bought.
        amount: For how much, in minor units of the shop's currency.
        key: What the purchase is known by; a second call with it changes nothing.
    """
    people.lock(tx, buyer_id)
    terms, referral = get_terms(tx), referrals.find_by_invitee(tx, buyer_id)
    if referral is not None and referral.state is ReferralState.QUALIFIED:
        terms = get_terms(tx, referral.campaign_version_id)
        nth = events.count(tx, EventKind.PURCHASED, referral.id) + 1
        if (given := note_event(tx, EventKind.PURCHASED, referral, terms, number=amount, nth=nth, key=key)) is None:
            return
        tell(tx, given)
    elif (
        events.add_fact(
            tx, EventKind.PURCHASED, buyer_id, key=f"{EventKind.PURCHASED}:{key}", version_id=terms.version_id
        )
        is None
    ):
        return
    promised = grants.find_percent(tx, buyer_id)
    if promised is not None:
        _pay_share(tx, promised, amount)


def _pay_share(tx: Tx, row: GrantRow, amount: int) -> None:
    """The share of one purchase; what is less than half a point is none."""
    points = compute_share(amount, int(row.what))
    if points:
        transfer = Transfer(
            debit=ledgers.HOUSE_ACCOUNT,
            credit=ledgers.open_account(tx, row.person_id),
            amount=points,
            key=f"grant:{row.id}",
            reason=f"{FOR_RULE}{row.rule}",
            referral_id=row.referral_id,
        )
        grants.set_points(tx, row.id, points)
        grants.set_state(tx, row.id, GrantState.USED, expected=row.state, ledger_id=ledgers.post(tx, transfer))

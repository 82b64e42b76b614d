"""Somebody has bought something, and perhaps given some of it back: what the rules say of it, written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.durations import DAY
from bot.core.rewards.rules import FOR_RULE, WHEN, compute_share
from bot.services.campaigns import find_rule, get_terms
from bot.services.rewards.giving import give_less, stands, take_back, tell, tell_taken
from bot.services.rewards.granting import note_event
from bot.services.rewards.promising import has_room
from storage.facts import EventId, EventKind, GrantId, GrantKind, GrantRow, GrantState
from storage.frozen import frozen
from storage.records import PersonId, Referral, Transfer
from storage.tables import events, grants, ledgers
from storage.tx import Tx

REFUND = "refund"
"""Why something was taken back that a purchase had brought."""


@frozen
class Noted:
    """A purchase as the books know it."""

    event_id: EventId | None
    share_id: GrantId | None
    """The promised share of the buyer's next purchase that this one was."""


def note_purchase(tx: Tx, referral: Referral, *, amount: int, nth: int, key: str) -> EventId | None:
    """Give what the rules say of a friend's purchase, once; told. None where that was noted before.

    Args:
        tx: The transaction; the buyer is locked.
        referral: What brought the buyer, and counts.
        amount: For how much, in minor units of the shop's currency.
        nth: Which purchase of the buyer it is, from 1.
        key: What the purchase is known by.
    """
    terms = get_terms(tx, referral.campaign_version_id)
    given = note_event(tx, EventKind.PURCHASED, referral, terms, number=amount, nth=nth, key=key)
    if given is None:
        return None
    tell(tx, given)
    return events.get_by_key(tx, EventKind.PURCHASED, key)


def note_reported(tx: Tx, referral: Referral, *, event: str, key: str) -> EventId:
    """Give what the rules say of one of the shop's own events of a friend's, once; told.

    Args:
        tx: The transaction; the friend is locked.
        referral: What brought the friend, and counts.
        event: What the shop calls it.
        key: What this one is known by.
    """
    terms = get_terms(tx, referral.campaign_version_id)
    tell(tx, note_event(tx, EventKind.REPORTED, referral, terms, event=event, key=key) or [])
    return events.get_by_key(tx, EventKind.REPORTED, key)


def take_back_reported(tx: Tx, causes: Sequence[EventId]) -> None:
    """Take back what the rules gave for such events; told."""
    taken = [take_back(tx, row.id, REFUND) for row in grants.list_by_events(tx, causes)]
    tell_taken(tx, [row for row in taken if row is not None])


def pay_promised(tx: Tx, buyer_id: PersonId, amount: int) -> GrantId | None:
    """Turn the share of the next purchase that somebody was promised first into points; None where there is none.

    A purchase of which the share is less than half a point leaves the promise as it is.
    """
    promised = grants.find_percent(tx, buyer_id)
    return promised.id if promised is not None and _pay_share(tx, promised, amount) else None


def note_refund(
    tx: Tx,
    noted: Noted,
    *,
    buyer_id: PersonId,
    referral: Referral | None,
    left: int,
    events_before: Sequence[EventId],
    key: str,
) -> Noted:
    """Take back what a purchase would not have brought with what is left of it; told.

    What is in somebody's hands stays there. A share that was promised goes back, and waits for the next purchase where
    nothing of this one is left.

    Args:
        tx: The transaction; the buyer is locked.
        noted: The purchase.
        buyer_id: Who has bought.
        referral: What brought the buyer; None for nobody.
        left: What is left of it, in minor units.
        events_before: Of the refunds before.
        key: What makes this refund one of its kind.
    """
    version_id = referral.campaign_version_id if referral is not None else get_terms(tx).version_id
    event_key = f"{EventKind.REFUNDED}:{key}"
    event_id = (
        events.add(tx, EventKind.REFUNDED, referral, key=key)
        if referral is not None
        else events.add_fact(tx, EventKind.REFUNDED, buyer_id, key=event_key, version_id=version_id)
    )
    assert event_id is not None, "the order's row is locked, and each refund has its own key"
    causes = [each for each in (noted.event_id, *events_before) if each is not None]
    taken = [each for row in grants.list_by_events(tx, causes) for each in _correct(tx, row, left, event_id)]
    share_id = noted.share_id
    if share_id is not None:
        share_id = _correct_share(tx, grants.lock(tx, share_id), left, event_id, taken)
    tell_taken(tx, taken)
    return Noted(event_id=event_id, share_id=share_id)


def _correct(tx: Tx, row: GrantRow, left: int, event_id: EventId) -> list[GrantRow]:
    """What was taken of one thing that a purchase brought: all of it, a part, or nothing."""
    rule = find_rule(tx, row.campaign_version_id, row.rule)
    if rule is None or rule.when != WHEN[EventKind.PURCHASED]:
        return []
    gone = left == 0 or left < rule.number
    points = compute_share(left, rule.give.amount) if rule.give.kind is GrantKind.PERCENT else row.points or 0
    if not gone and (rule.give.kind is not GrantKind.PERCENT or points == row.points):
        return []
    taken = take_back(tx, row.id, REFUND, keeps_room=points > 0 and not gone)
    if taken is None or gone or not points:
        return [taken] if taken is not None else []
    give_less(tx, taken, points, event_id, whole_days=DAY)
    return [replace(taken, points=(taken.points or 0) - points)] if taken.points != points else []


def _correct_share(tx: Tx, row: GrantRow, left: int, event_id: EventId, taken: list[GrantRow]) -> GrantId | None:
    points = compute_share(left, int(row.what))
    if row.state is not GrantState.USED or row.ledger_id is None or points == row.points:
        return row.id
    grants.set_state(tx, row.id, GrantState.REVOKED, expected=row.state, reason=REFUND)
    ledgers.post_back(tx, row.ledger_id)
    if not points and not stands(tx, row):
        taken.append(row)
        return None
    again = grants.add(
        tx,
        rule=row.rule,
        person_id=row.person_id,
        event_id=event_id,
        side=row.side,
        state=GrantState.AVAILABLE,
        kind=row.kind,
        what=row.what,
    )
    taken.append(replace(row, points=(row.points or 0) - points))
    if again is None or not points:
        return None
    _pay_share(tx, grants.get(tx, again), left)
    return again


def _pay_share(tx: Tx, row: GrantRow, amount: int) -> bool:
    """The share of one purchase; what is less than half a point is none, and what the shop promises no room for waits for the next."""
    points = compute_share(amount, int(row.what))
    if points and has_room(tx, points):
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
        return True
    return False

"""Events become grants, and grants become points: written once, whoever asks how often."""

from __future__ import annotations

from bot.core.rewards.rules import REASONS, Grant, Occurrence, compose_rules, compose_transfer_key, evaluate
from bot.services.campaigns import Terms
from storage.facts import EventId, EventKind, GrantKind, GrantRow, GrantState
from storage.records import Referral, Side, Transfer
from storage.tables import grants, ledgers
from storage.tx import Tx


def note_event(tx: Tx, kind: EventKind, referral: Referral, terms: Terms) -> None:
    """Write what happened to a referral, and give both sides what the terms it came under say of it."""
    event_id = grants.add_event(tx, kind, referral)
    if event_id is None:
        return
    occurrence = Occurrence(kind=kind, inviter_id=referral.inviter_id, invitee_id=referral.invitee_id)
    for grant in evaluate(occurrence, compose_rules(terms.campaign)):
        _give(tx, referral, event_id, grant)


def take_back(tx: Tx, referral: Referral) -> list[GrantRow]:
    """Write that a referral was taken back, and take from both sides what had come of it; returns that.

    Balances may fall below zero.
    """
    if grants.add_event(tx, EventKind.REVOKED, referral) is None:
        return []
    given = sorted(grants.list_by_referral(tx, referral.id), key=lambda grant: grant.person_id)
    return [grant for grant in given if _take(tx, referral, grant)]


def sum_points(given: list[GrantRow], side: Side) -> int:
    """The points that one side got."""
    return sum(grant.points or 0 for grant in given if grant.side is side)


def _give(tx: Tx, referral: Referral, event_id: EventId, grant: Grant) -> None:
    points = grant.given.amount
    ledger_id = ledgers.post(
        tx,
        Transfer(
            debit=ledgers.HOUSE_ACCOUNT,
            credit=ledgers.open_account(tx, grant.person_id),
            amount=points,
            key=compose_transfer_key(referral.id, grant.side, grant.rule),
            reason=REASONS[grant.side],
            referral_id=referral.id,
        ),
    )
    grants.add_points(
        tx,
        rule=grant.rule,
        person_id=grant.person_id,
        event_id=event_id,
        side=grant.side,
        points=points,
        ledger_id=ledger_id,
    )


def _take(tx: Tx, referral: Referral, grant: GrantRow) -> bool:
    """Whether it was there to be taken.

    Points go the other way round for the same reason, so that what was earned for it is right again.
    """
    if not grants.set_state(tx, grant.id, GrantState.REVOKED, expected=GrantState.AVAILABLE):
        return False
    if grant.kind is GrantKind.POINTS and grant.side is not None and grant.points is not None:
        ledgers.post(
            tx,
            Transfer(
                debit=ledgers.open_account(tx, grant.person_id),
                credit=ledgers.HOUSE_ACCOUNT,
                amount=grant.points,
                key=f"revoke:{compose_transfer_key(referral.id, grant.side, grant.rule)}",
                reason=REASONS[grant.side],
                referral_id=referral.id,
            ),
        )
    return True

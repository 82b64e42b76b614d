"""People and facts that the store's tests begin with."""

from __future__ import annotations

from sqlalchemy import Executable

from storage import Tx
from storage.facts import EventKind
from storage.records import Person, Profile, ReferralState, Side, Transfer, VersionId
from storage.tables import campaigns, grants, ledgers, people, referrals, scores


def run(tx: Tx, statement: Executable) -> int:
    """Run a statement that no table's file has, and return how many rows it changed."""
    return tx.run(statement)


def add_member(tx: Tx, number: int, name: str = "") -> Person:
    """Add member number so-and-so."""
    profile = Profile(telegram_id=7_000_000_000 + number, first_name=name or f"Member {number}")
    person = people.add(tx, profile, f"Code{number:06}")
    people.set_started(tx, person.id)
    return people.get(tx, person.id)


def add_members(tx: Tx, count: int) -> list[Person]:
    """Add members number 1 to `count`."""
    return [add_member(tx, number) for number in range(1, count + 1)]


def add_version(tx: Tx) -> VersionId:
    """Write what the campaign promises, once."""
    return campaigns.add_version(tx, slug="welcome", content="{}", digest="d")


def refer(tx: Tx, inviter: Person, invitee: Person, points: int = 50) -> None:
    """Let one person have come by another, with all that follows for both."""
    referral = referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        version_id=add_version(tx),
        source="qr",
        state=ReferralState.QUALIFIED,
    )
    assert referral is not None
    event_id = grants.add_event(tx, EventKind.QUALIFIED, referral)
    assert event_id is not None
    for side, person in ((Side.INVITER, inviter), (Side.INVITEE, invitee)):
        ledger_id = ledgers.post(
            tx,
            Transfer(
                debit=ledgers.HOUSE_ACCOUNT,
                credit=ledgers.open_account(tx, person.id),
                amount=points,
                key=f"join:{invitee.id}:{side}",
                reason=f"join_{side}",
                referral_id=referral.id,
            ),
        )
        assert grants.add_points(
            tx, rule="join", person_id=person.id, event_id=event_id, side=side, points=points, ledger_id=ledger_id
        )
    scores.raise_score(tx, inviter.id)

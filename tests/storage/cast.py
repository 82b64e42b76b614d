"""People and facts that the store's tests begin with."""

from __future__ import annotations

from sqlalchemy import Executable, insert

from storage import Tx
from storage.broadcast import Page, Recipient
from storage.facts import EventId, EventKind
from storage.records import BroadcastId, Person, PersonId, Profile, ReferralState, Side, Transfer, VersionId
from storage.schema.rewards import event
from storage.tables import (
    audiences,
    broadcasts,
    campaigns,
    deliveries,
    events,
    grants,
    ledgers,
    people,
    redemptions,
    referrals,
    scores,
    shops,
)


def run(tx: Tx, statement: Executable) -> int:
    """Run a statement that no table's file has, and return how many rows it changed."""
    return tx.run(statement)


def make_profile(number: int, name: str = "", *, username: str = "") -> Profile:
    """Member number so-and-so, as Telegram knows them."""
    return Profile(telegram_id=7_000_000_000 + number, first_name=name or f"Member {number}", username=username)


def add_member(tx: Tx, number: int, name: str = "") -> Person:
    """Add member number so-and-so."""
    person = people.add(tx, make_profile(number, name), f"Code{number:06}")
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
    event_id = events.add(tx, EventKind.QUALIFIED, referral)
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


def give(tx: Tx, person_id: PersonId, points: int) -> None:
    """Points for nothing much, with all that goes with points."""
    number = ledgers.count_lines(tx, person_id, most=10_000)
    key, version_id = f"test:{person_id}:{number}", shops.get(tx).version_id
    values = {"kind": EventKind.QUALIFIED, "person_id": person_id, "campaign_version_id": version_id, "key": key}
    event_id = EventId(tx.scalar(insert(event).values(**values, happened_at=tx.now).returning(event.c.id)))
    account_id = ledgers.open_account(tx, person_id)
    transfer = Transfer(
        debit=ledgers.HOUSE_ACCOUNT, credit=account_id, amount=points, key=key, reason="welcome", referral_id=None
    )
    ledger_id = ledgers.post(tx, transfer)
    grants.add_points(
        tx, rule="test", person_id=person_id, event_id=event_id, side=None, points=points, ledger_id=ledger_id
    )


def take_for(tx: Tx, person_id: PersonId, points: int) -> None:
    """Let somebody have something for points, whether there are so many or not."""
    campaign_id, day = shops.get(tx).campaign_id, 86_400_000_000
    redemptions.take_from_stock(tx, campaign_id, "bread", None)
    version_id, until = shops.get(tx).version_id, tx.now + 600_000_000
    redemption_id = redemptions.add(
        tx,
        reference="TEST2345",
        person_id=person_id,
        version_id=version_id,
        item="bread",
        price=points,
        expires_at=until,
    )
    transfer = Transfer(
        debit=ledgers.open_account(tx, person_id),
        credit=ledgers.HOUSE_ACCOUNT,
        amount=points,
        key=f"redemption:{redemption_id}",
        reason="item:bread",
        referral_id=None,
    )
    redemptions.set_paid(tx, redemption_id, ledger_id=ledgers.post(tx, transfer), expires_at=tx.now + day)


def fill(tx: Tx, broadcast_id: BroadcastId, *, limit: int) -> int:
    """Queue the next page of a broadcast's audience, all of them for now; 0 once all are queued."""
    broadcast = broadcasts.get(tx, broadcast_id)
    upto = audiences.find_page_end(tx, broadcast, limit=limit)
    if upto is None:
        deliveries.finish_queue(tx, broadcast)
        return 0
    return deliveries.queue_page(tx, broadcast, Page(upto=upto))


def claim(tx: Tx, broadcast_id: BroadcastId, limit: int) -> list[Recipient]:
    """Claim the next who are due."""
    due = [each.recipient for each in deliveries.list_due(tx, broadcast_id, limit)]
    deliveries.claim(tx, broadcast_id, [each.person_id for each in due])
    return due

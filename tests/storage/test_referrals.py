from __future__ import annotations

import pytest

from storage import RowMissing, RuleBroken, Store, Tx
from storage.facts import EventKind, GrantId, GrantState
from storage.records import Person, Referral, ReferralId, ReferralState, Side
from storage.tables import events, grants, inviter_sums, referrals
from storage.tables.inviter_sums import InviterSum
from tests.storage.cast import add_member, add_members, add_version, refer
from tests.storage.clock import NOON, Clock


def add(tx: Tx, inviter: Person, invitee: Person) -> Referral | None:
    """Add a plain referral."""
    return referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        version_id=add_version(tx),
        source="fwd",
        state=ReferralState.QUALIFIED,
    )


async def test_a_referral_comes_back_as_added(store: Store) -> None:
    """It is found by its id and by the invitee."""
    anna, ben = await store.write(add_members, 2)
    added = await store.write(add, anna, ben)
    assert added is not None
    assert (added.inviter_id, added.invitee_id, added.source, added.joined_at) == (anna.id, ben.id, "fwd", NOON)
    assert await store.read(referrals.get, added.id) == added
    assert await store.read(referrals.find_by_invitee, ben.id) == added
    assert await store.read(referrals.find_by_invitee, anna.id) is None


async def test_an_unknown_referral_is_refused(store: Store) -> None:
    """`get` raises where there is none."""
    with pytest.raises(RowMissing):
        await store.read(referrals.get, ReferralId(1))


async def test_the_first_inviter_stands_for_ever(store: Store) -> None:
    """A second referral of the same invitee is not written."""
    anna, ben, cleo = await store.write(add_members, 3)
    first = await store.write(add, anna, cleo)
    assert await store.write(add, ben, cleo) is None
    assert await store.read(referrals.find_by_invitee, cleo.id) == first
    assert await store.read(referrals.count_all) == 1


async def test_nobody_invites_oneself(store: Store) -> None:
    """The database refuses a referral from a person to the same person."""
    anna = await store.write(add_member, 1)
    with pytest.raises(RuleBroken):
        await store.write(add, anna, anna)
    assert await store.read(referrals.count_all) == 0


async def test_invitations_are_paged_newest_first_with_earnings(store: Store) -> None:
    """A member sees who came, when, and what was earned on the inviter's side alone."""

    def fill(tx: Tx) -> Person:
        anna, *friends = add_members(tx, 4)
        for points, friend in zip((10, 20, 30), friends, strict=True):
            refer(tx, anna, friend, points)
        return anna

    anna = await store.write(fill)
    page = await store.read(referrals.list_invitations, anna.id, limit=2, offset=0)
    assert [(each.name, each.earned, each.state) for each in page] == [
        ("Member 4", 30, ReferralState.QUALIFIED),
        ("Member 3", 20, ReferralState.QUALIFIED),
    ]
    rest = await store.read(referrals.list_invitations, anna.id, limit=2, offset=2)
    assert [(each.name, each.earned, each.joined_at) for each in rest] == [("Member 2", 10, NOON)]
    assert await store.read(referrals.count_by_inviter, anna.id) == 3


async def test_a_grant_is_noted_once_per_rule_person_and_event(store: Store) -> None:
    """Nobody earns twice by one rule for one event; no ledger line stands behind two grants."""
    anna, ben = await store.write(add_members, 2)
    await store.write(refer, anna, ben)
    referral = await store.read(referrals.find_by_invitee, ben.id)
    assert referral is not None
    first = (await store.read(grants.list_by_referral, referral.id))[1]
    again = {"person_id": anna.id, "event_id": first.event_id, "side": Side.INVITER, "points": 50}

    def add_again(tx: Tx, rule: str) -> GrantId | None:
        return grants.add_points(tx, rule=rule, ledger_id=first.ledger_id or 0, **again)  # type: ignore[arg-type]  # a shorthand

    assert await store.write(add_again, "join") is None
    with pytest.raises(RuleBroken):
        await store.write(add_again, "bonus")


async def test_an_event_happens_once(store: Store) -> None:
    """Whoever notes it again is told so."""
    anna, ben = await store.write(add_members, 2)
    referral = await store.write(add, anna, ben)
    assert referral is not None

    assert await store.write(events.add, EventKind.JOINED, referral) is not None
    assert await store.write(events.add, EventKind.JOINED, referral) is None
    assert await store.write(events.add, EventKind.REVOKED, referral) is not None


async def test_a_grant_moves_on_from_where_expected(store: Store) -> None:
    """Of two that take it back only the first does."""
    anna, ben = await store.write(add_members, 2)
    await store.write(refer, anna, ben)
    referral = await store.read(referrals.find_by_invitee, ben.id)
    assert referral is not None
    given = (await store.read(grants.list_by_referral, referral.id))[0]
    moved = [
        await store.write(grants.set_state, given.id, GrantState.REVOKED, expected=GrantState.AVAILABLE)
        for _ in range(2)
    ]
    assert moved == [True, False]


async def test_a_state_is_left_only_from_where_expected(store: Store) -> None:
    """Of two that want to move a referral only the first does; it stays in the list all the same."""
    anna, ben = await store.write(add_members, 2)
    added = await store.write(add, anna, ben)
    assert added is not None
    moved = [
        await store.write(referrals.set_state, added.id, ReferralState.REVOKED, expected=ReferralState.QUALIFIED)
        for _ in range(2)
    ]
    assert moved == [True, False]
    assert (await store.read(referrals.get, added.id)).state is ReferralState.REVOKED
    assert await store.read(inviter_sums.find, anna.id) == InviterSum(friends=1)
    assert await store.read(inviter_sums.find, ben.id) == InviterSum()
    (line,) = await store.read(referrals.list_invitations, anna.id, limit=5, offset=0)
    assert (line.state, line.earned) == (ReferralState.REVOKED, 0)


async def test_when_a_friend_counted_first_is_found(store: Store, clock: Clock) -> None:
    """Nothing else that happens to them says that they did, and nobody else's counting."""
    anna, ben, cleo = await store.write(add_members, 3)
    referral, other = await store.write(add, anna, ben), await store.write(add, anna, cleo)
    assert referral is not None
    assert other is not None
    await store.write(events.add, EventKind.JOINED, referral)
    await store.write(events.add, EventKind.QUALIFIED, other)
    assert await store.read(events.find_qualified, referral.id) == 0
    clock.advance(9)
    await store.write(events.add, EventKind.QUALIFIED, referral)
    assert await store.read(events.find_qualified, referral.id) == clock.now

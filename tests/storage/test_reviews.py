from __future__ import annotations

import pytest

from storage import Store
from storage.records import ReferralId
from storage.review import ReviewRow, ReviewState
from storage.tables import referrals, reviews
from tests.storage.cast import add_members, refer
from tests.storage.clock import Clock


@pytest.mark.parametrize("counted", [True, False])
async def test_what_was_noticed_of_a_friend_is_read_as_it_was_written(
    counted: bool, store: Store, clock: Clock
) -> None:
    """Beside another one, and with what was decided."""
    host, guest, other = await store.write(add_members, 3)
    for friend in (guest, other):
        await store.write(refer, host, friend)
    numbers = [
        ReferralId(row.id)
        for row in [await store.read(referrals.find_by_invitee, each.id) for each in (guest, other)]
        if row
    ]
    evidence = (("same_device", (1, 2)), ("quick", (3,)))
    await store.write(
        reviews.add, numbers[0], ReviewState.OPEN, risk=70, evidence=evidence, counted=counted, due_at=clock() + 9
    )
    await store.write(
        reviews.add, numbers[1], ReviewState.OPEN, risk=10, evidence=(), counted=not counted, due_at=clock() + 5
    )
    found = await store.read(reviews.find, numbers[0])
    assert found == ReviewRow(
        referral_id=numbers[0],
        state=ReviewState.OPEN,
        risk=70,
        evidence=evidence,
        counted=counted,
        opened_at=clock(),
        due_at=clock() + 9,
    )
    assert await store.write(reviews.lock, numbers[0]) == found
    clock.advance(3)
    assert await store.write(reviews.decide, found, ReviewState.REFUSED, reason="farm", by_itself=True)
    decided = await store.read(reviews.find, numbers[0])
    assert decided is not None
    assert (decided.state, decided.reason, decided.by_itself) == (ReviewState.REFUSED, "farm", True)
    assert (decided.decided_at, decided.counted) == (clock(), counted)
    second = await store.read(reviews.find, numbers[1])
    assert second is not None
    assert (second.state, second.by_itself, second.counted) == (ReviewState.OPEN, False, not counted)

from __future__ import annotations

import pytest

from storage import RuleBroken, Store
from storage.records import PersonId, ShareWay
from storage.tables import cards, flood_waits, guesses, people, shares
from tests.storage.cast import add_member
from tests.storage.clock import NOON


async def test_shares_are_counted(store: Store) -> None:
    """Each share adds one, and only known people share."""
    anna = await store.write(add_member, 1)
    for way in ShareWay:
        await store.write(shares.add, anna.id, way)
    assert await store.read(shares.count_all) == len(ShareWay)
    await store.write(shares.add, anna.id, ShareWay.QR, "mina")
    assert await store.read(shares.count_by_way) == {way.value: 1 + (way is ShareWay.QR) for way in ShareWay}
    assert (await store.read(people.get, anna.id)).shared_at == NOON
    with pytest.raises(RuleBroken):
        await store.write(shares.add, PersonId(99), ShareWay.CARD)


async def test_a_card_is_known_by_person_and_version(store: Store) -> None:
    """The newest file_id of a version replaces the former; one that Telegram forgot is dropped."""
    anna = await store.write(add_member, 1)
    await store.write(cards.set_file_id, anna.id, "v1", "file-1")
    await store.write(cards.set_file_id, anna.id, "v1", "file-2")
    assert await store.read(cards.find_file_id, anna.id, "v1") == "file-2"
    assert await store.read(cards.find_file_id, anna.id, "v2") is None
    await store.write(cards.set_file_id, anna.id, "v2", "file-3")
    await store.write(cards.forget, anna.id, "v1")
    assert await store.read(cards.find_file_id, anna.id, "v1") is None
    assert await store.read(cards.find_file_id, anna.id, "v2") == "file-3"


async def test_guesses_are_kept_per_telegram_id(store: Store) -> None:
    """The last word on somebody's guesses stands until its window is old."""
    assert await store.read(guesses.find, 5) is None
    for misses in (1, 2):
        await store.write(guesses.set, 5, NOON, misses)
    assert await store.read(guesses.find, 5) == (NOON, 2)
    assert await store.write(guesses.delete_before, NOON, 10) == 0
    assert await store.write(guesses.delete_before, NOON + 1, 10) == 1
    assert await store.read(guesses.find, 5) is None


async def test_a_flood_wait_is_kept_per_scope(store: Store) -> None:
    """A scope that never had to wait says 0; the last word stands."""
    assert await store.read(flood_waits.get_until, "all") == 0
    for until_at in (NOON, NOON + 5):
        await store.write(flood_waits.set_until, "all", until_at)
    assert await store.read(flood_waits.get_until, "all") == NOON + 5

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from storage import RuleBroken, Store
from storage.records import Ban, PersonId, ShareWay
from storage.schema import flood_wait
from storage.tables import cards, flood_waits, guesses, people, shares
from tests.storage.cast import add_member
from tests.storage.clock import NOON, Clock


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


async def test_bans_are_kept_per_scope_while_they_last(store: Store, clock: Clock) -> None:
    """The last word about a scope stands, what is over is not read, and the next one sweeps it out."""

    def ban(scope: str, until_at: int) -> Ban:
        return Ban(scope=scope, until_at=until_at, wait_seconds=7)

    assert await store.read(flood_waits.list_bans) == []
    for scope, until_at in (("chat:5", NOON + 1), ("chat:5", NOON + 5), ("telegram", NOON + 9)):
        await store.write(flood_waits.set_ban, ban(scope, until_at))
    assert await store.read(flood_waits.list_bans) == [ban("telegram", NOON + 9), ban("chat:5", NOON + 5)]
    clock.now = NOON + 6
    assert await store.read(flood_waits.list_bans) == [ban("telegram", NOON + 9)]
    await store.write(flood_waits.set_ban, ban("chat:6", NOON + 9))
    assert await store.read(lambda tx: tx.scalar(select(func.count()).select_from(flood_wait))) == 2

from __future__ import annotations

from dataclasses import replace

import pytest

from storage import CodeTaken, RowMissing, Store, Tx
from storage.records import Person, PersonId, Profile
from storage.tables import directory, people
from tests.storage.clock import NOON, Clock

ANNA = Profile(telegram_id=7_000_000_001, first_name="Anna", username="anna", telegram_language="de")
BEN = Profile(telegram_id=7_000_000_002, first_name="Ben", last_name="Ng")


async def test_a_person_comes_back_as_added(store: Store) -> None:
    """Every way to look a person up gives the same row that adding gave."""
    added = await store.write(people.add, ANNA, "Code000001")

    def look_up(tx: Tx) -> list[Person | None]:
        ways = [people.find_by_telegram_id(tx, ANNA.telegram_id), people.find_by_code(tx, "Code000001")]
        return [*ways, people.get(tx, added.id), people.list_by_ids(tx, [added.id, PersonId(99)])[added.id]]

    assert await store.read(look_up) == [added] * 4
    assert added.profile == ANNA
    assert not added.is_member


async def test_unknown_people_are_none_or_refused(store: Store) -> None:
    """`find_` gives None and `get` raises where there is nobody."""
    assert await store.read(people.find_by_code, "nobody") is None
    assert await store.read(people.find_by_telegram_id, 5) is None
    assert await store.read(people.list_by_ids, []) == {}
    with pytest.raises(RowMissing):
        await store.read(people.get, PersonId(99))


async def test_codes_are_compared_letter_by_letter(store: Store) -> None:
    """A code in other capitals is another code."""
    await store.write(people.add, ANNA, "Code000001")
    assert await store.read(people.find_by_code, "code000001") is None


async def test_adding_twice_returns_the_first(store: Store) -> None:
    """A Telegram id has one person; the second adding changes nothing."""
    first = await store.write(people.add, ANNA, "Code000001")
    assert await store.write(people.add, ANNA, "Code000002") == first
    assert await store.read(people.find_by_code, "Code000002") is None


async def test_a_taken_code_is_refused(store: Store) -> None:
    """Two people never share a code, and the refused one leaves nothing behind."""
    await store.write(people.add, ANNA, "Code000001")
    with pytest.raises(CodeTaken, match="The code drawn for a new person is taken"):
        await store.write(people.add, BEN, "Code000001")
    assert await store.read(people.find_by_telegram_id, BEN.telegram_id) is None
    ben = await store.write(people.add, BEN, "Code000002")
    assert await store.read(people.get, ben.id) == ben


async def test_only_the_first_start_counts(store: Store) -> None:
    """`set_started` is True once."""
    anna = await store.write(people.add, ANNA, "Code000001")
    assert [await store.write(people.set_started, anna.id) for _ in range(2)] == [True, False]
    started = await store.read(people.get, anna.id)
    assert (started.is_member, started.started_at) == (True, NOON)


async def test_a_member_is_found_from_the_first_start_on(store: Store) -> None:
    """A person who has not started the bot is no member, and neither is a stranger."""
    anna = await store.write(people.add, ANNA, "Code000001")
    assert await store.read(people.find_member, ANNA.telegram_id) is None
    await store.write(people.set_started, anna.id)
    assert await store.read(people.find_member, ANNA.telegram_id) == await store.read(people.get, anna.id)
    assert await store.read(people.find_member, BEN.telegram_id) is None


async def test_what_a_person_chooses_is_kept(store: Store) -> None:
    """Profile, language, anonymity and blocking are each set by their own function."""
    anna = await store.write(people.add, ANNA, "Code000001")
    renamed = Profile(telegram_id=ANNA.telegram_id, first_name="Ann", last_name="Lee")

    def change(tx: Tx) -> Person:
        people.lock(tx, anna.id)
        people.set_profile(tx, anna.id, renamed)
        people.set_language(tx, anna.id, "id")
        people.set_anonymous(tx, anna.id, True)
        people.set_blocked(tx, anna.id, True)
        return people.get(tx, anna.id)

    changed = await store.write(change)
    assert changed.profile == renamed
    assert (changed.language, changed.anonymous, changed.blocked_at) == ("id", True, NOON)


async def test_the_first_moment_of_blocking_stays(store: Store, clock: Clock) -> None:
    """Blocking again does not move the moment; unblocking clears it."""
    anna = await store.write(people.add, ANNA, "Code000001")
    for blocked, expected in ((True, NOON), (True, NOON), (False, None)):
        await store.write(people.set_blocked, anna.id, blocked)
        clock.advance(60)
        assert (await store.read(people.get, anna.id)).blocked_at == expected


async def test_members_are_counted(store: Store) -> None:
    """Only people who have started count, and only members count as blocked."""

    def fill(tx: Tx) -> tuple[int, int]:
        anna, ben = people.add(tx, ANNA, "Code000001"), people.add(tx, BEN, "Code000002")
        people.set_started(tx, anna.id)
        people.set_blocked(tx, anna.id, True)
        people.set_blocked(tx, ben.id, True)
        return directory.count_members(tx), directory.count_blocked(tx)

    assert await store.write(fill) == (1, 1)


async def test_a_username_is_the_last_ones_seen_with_it(store: Store) -> None:
    """Telegram gives it to one account at a time, in whatever capitals; whoever had it before is known without."""
    anna = await store.write(people.add, ANNA, "Code000001")
    ben = await store.write(people.add, BEN, "Code000002")
    await store.write(people.set_profile, ben.id, replace(BEN, username="Anna"))
    assert (await store.read(people.get, anna.id)).profile == replace(ANNA, username="")
    assert (await store.read(people.get, ben.id)).profile.username == "Anna"
    newcomer = Profile(telegram_id=7_000_000_003, first_name="Cleo", username="ANNA")
    cleo = await store.write(people.add, newcomer, "Code000003")
    assert (await store.read(people.get, ben.id)).profile == BEN
    await store.write(people.set_profile, cleo.id, newcomer)
    assert (await store.read(people.get, cleo.id)).profile == newcomer

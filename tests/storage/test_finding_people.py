from __future__ import annotations

import pytest

from storage import Store, Tx
from storage.records import Person, PersonId, Profile, ShareWay
from storage.tables import directory, people, shares
from tests.storage.cast import add_member, add_members
from tests.storage.clock import NOON, Clock

DAY = 86_400
MICROSECONDS = 1_000_000


async def list_found(store: Store, name: str, limit: int = 9) -> list[PersonId]:
    """Return the ids found by a name."""
    return [person.id for person in await store.read(directory.list_by_name, name, limit=limit)]


def name(tx: Tx, person: Person, first_name: str, last_name: str = "", username: str = "") -> None:
    """Give a person another name."""
    telegram_id = person.profile.telegram_id
    people.set_profile(
        tx, person.id, Profile(telegram_id=telegram_id, first_name=first_name, last_name=last_name, username=username)
    )


async def test_people_are_found_by_any_of_their_names(store: Store) -> None:
    """First name, full name and username find a member, however they are typed; parts of them do not."""
    zoe, other, both = await store.write(add_members, 3)

    def fill(tx: Tx) -> None:
        name(tx, zoe, "Zoë", "Müller", "Zoe_M")
        name(tx, other, "Zoe")
        name(tx, both, "Kim", "", "kim")

    await store.write(fill)
    assert await list_found(store, "ZOE") == [zoe.id, other.id]
    assert await list_found(store, "zoe", limit=1) == [zoe.id]
    assert [await list_found(store, typed) for typed in ("zoe  muller", " @zoe_m", "Zoë Müller")] == [[zoe.id]] * 3
    assert await list_found(store, "kim") == [both.id]
    assert [await list_found(store, typed) for typed in ("zo", "muller", "%", "", " @ ")] == [[]] * 5


async def test_a_newcomer_is_found_from_the_first_moment(store: Store) -> None:
    """Adding a person makes the names searchable, starting makes the person findable."""
    added = await store.write(people.add, Profile(telegram_id=5, first_name="Ánh", username="ANH"), "Code000001")
    assert await list_found(store, "anh") == []
    await store.write(people.set_started, added.id)
    assert await list_found(store, "@anh") == [added.id]


async def test_who_does_not_want_to_be_found_is_not(store: Store) -> None:
    """The choice is the member's, and can be taken back."""
    anna = await store.write(add_member, 1, "Anna")
    found = []
    for findable in (False, True):
        await store.write(people.set_findable, anna.id, findable)
        found.append(await list_found(store, "anna"))
    assert found == [[], [anna.id]]


async def test_a_spoken_code_has_one_owner_for_ever(store: Store) -> None:
    """The second to want it is told no; an earlier code of the owner goes on working."""
    anna, ben = await store.write(add_members, 2)
    assert await store.write(people.set_spoken, anna.id, "maple-otter-42", chosen=False) is True
    assert await store.write(people.set_spoken, ben.id, "maple-otter-42", chosen=True) is False
    assert await store.write(people.set_spoken, anna.id, "anna1", chosen=True) is True
    assert await store.write(people.set_spoken, anna.id, "maple-otter-42", chosen=True) is True
    assert await store.write(people.set_spoken, ben.id, "anna1", chosen=True) is False
    owners = [await store.read(directory.find_by_spoken, code) for code in ("maple-otter-42", "anna1", "nobodys")]
    assert [owner and (owner.id, owner.spoken_code, owner.spoken_chosen) for owner in owners] == [
        (anna.id, "maple-otter-42", True),
        (anna.id, "maple-otter-42", True),
        None,
    ]
    assert (await store.read(people.get, ben.id)).spoken_code is None


async def test_what_a_member_chose_and_was_asked_is_kept(store: Store) -> None:
    """Own words, nudges and the question are each set by their own function."""
    anna = await store.write(add_member, 1)
    assert (anna.findable, anna.nudges, anna.own_words, anna.asked_at) == (True, True, "", None)

    def change(tx: Tx) -> Person:
        people.set_own_words(tx, anna.id, "Best bread")
        people.set_nudges(tx, anna.id, False)
        people.note_asked(tx, anna.id)
        people.note_nudged(tx, anna.id)
        return people.get(tx, anna.id)

    changed = await store.write(change)
    assert (changed.nudges, changed.own_words, changed.asked_at, changed.nudged_at) == (
        False,
        "Best bread",
        NOON,
        NOON,
    )


async def list_due(store: Store, clock: Clock, *, again_days: int = 0) -> list[PersonId]:
    """Return who is due a nudge after a week of quiet."""
    due = await store.read(
        directory.list_to_nudge,
        shared_before=clock.now - 7 * DAY * MICROSECONDS,
        nudged_before=clock.now - again_days * DAY * MICROSECONDS,
        displeased_before=clock.now - 30 * DAY * MICROSECONDS,
        limit=9,
    )
    return [person.id for person in due]


async def test_a_quiet_member_is_nudged_once(store: Store, clock: Clock) -> None:
    """The pause is counted from the start or the last share; after a nudge only another share begins a new one."""
    anna, ben = await store.write(add_members, 2)
    clock.advance(5 * DAY)
    await store.write(shares.add, ben.id, ShareWay.CARD)
    assert await list_due(store, clock) == []
    clock.advance(5 * DAY)
    assert await list_due(store, clock) == [anna.id]
    await store.write(people.note_nudged, anna.id)
    clock.advance(5 * DAY)
    assert await list_due(store, clock) == [ben.id]
    await store.write(shares.add, anna.id, ShareWay.STORY, "mina")
    clock.advance(8 * DAY)
    assert await list_due(store, clock) == [ben.id, anna.id]
    assert await list_due(store, clock, again_days=14) == [ben.id]


@pytest.mark.parametrize("why", ["no nudges", "blocked", "never started"])
async def test_who_must_not_be_nudged_is_not(store: Store, clock: Clock, why: str) -> None:
    """Members who switched nudges off or blocked the bot, and people who never started it, are left alone."""
    anna = await store.write(people.add, Profile(telegram_id=5, first_name="Anna"), "Code000001")

    def change(tx: Tx) -> None:
        if why != "never started":
            people.set_started(tx, anna.id)
        people.set_nudges(tx, anna.id, why != "no nudges")
        people.set_blocked(tx, anna.id, why == "blocked")

    await store.write(change)
    clock.advance(30 * DAY)
    assert await list_due(store, clock) == []

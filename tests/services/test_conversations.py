from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.services.conversations import find_conversation, finish, leave, move
from bot.services.members import MemberView
from storage import Store, Tx
from storage.records import Profile
from storage.tables import people
from tests.storage.clock import Clock

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")


async def put(store: Store) -> MemberView:
    """Anna is asked for the size of a cake, for a minute."""
    return await store.write(move, visitor=ANNA, flow="cake", step="size", data={"name": "Lemon"}, wait_seconds=60)


def rename(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> str:
    """What a dialogue was for."""
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    assert person is not None
    people.set_own_words(tx, person.id, data["name"])
    return f"{visitor.first_name}: {data['name']}"


async def test_somebody_is_where_they_were_put_for_as_long_as_was_said(store: Store, clock: Clock) -> None:
    """Flow, step and answers are found again; whoever was not known yet is a member by then; it ends by the clock."""
    member = await put(store)
    assert (member.name, member.telegram_id) == ("Anna", 101)
    found = await store.read(find_conversation, visitor=ANNA)
    assert found is not None
    assert (found.flow, found.step, found.data) == ("cake", "size", {"name": "Lemon"})
    clock.advance(59.999)
    assert await store.read(find_conversation, visitor=ANNA) is not None
    clock.advance(0.001)
    assert await store.read(find_conversation, visitor=ANNA) is None


async def test_leaving_one_flow_never_ends_another(store: Store) -> None:
    """And says whether there was anything to leave."""
    await put(store)
    member, was_in = await store.write(leave, visitor=ANNA, flow="bread")
    assert (member.telegram_id, was_in) == (101, False)
    assert await store.read(find_conversation, visitor=ANNA) is not None
    assert (await store.write(leave, visitor=ANNA, flow="cake"))[1]
    assert await store.read(find_conversation, visitor=ANNA) is None


async def test_a_dialogue_does_what_it_was_for_once(store: Store) -> None:
    """A second tap on its last button finds it left, and does nothing."""
    await put(store)
    done = await store.write(finish, rename, visitor=ANNA, flow="cake", data={"name": "Lemon"})
    again = await store.write(finish, rename, visitor=ANNA, flow="cake", data={"name": "Plum"})
    assert (done, again) == ("Anna: Lemon", None)
    person = await store.read(people.find_by_telegram_id, 101)
    assert person is not None
    assert person.own_words == "Lemon"

"""Links into the team: for one person, for a day, for as long as whoever made them may make any; and shops keep an owner."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.roles import OWNERS
from bot.services.audit import Act, list_acts
from bot.services.members import NotAllowed, demand
from bot.services.team.team import LINK_SECONDS, Acceptance, Removal, accept, invite, remove, view_team
from storage import Store
from storage.records import PersonId, Profile
from storage.role import Role
from storage.tables import people, roles
from storage.tx import Tx
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

SARI = Profile(telegram_id=1, first_name="Sari", telegram_language="en")
DAY_SECONDS = 24 * 3600


def make_profile(number: int) -> Profile:
    """Somebody new."""
    return Profile(telegram_id=100 + number, first_name=f"Guest {number}", telegram_language="en")


@pytest.fixture
async def owned(store: Store) -> Store:
    """A shop whose owner the settings name."""
    await store.write(roles.set_owners, [SARI.telegram_id])
    return store


async def make_link(store: Store, role: Role, maker: Profile = SARI) -> str:
    """A link into the team; its token."""
    return (await store.write(invite, visitor=maker, role=role)).token


async def make_owner(store: Store, number: int) -> tuple[Profile, PersonId]:
    """Somebody whom the owner has made another one."""
    somebody = make_profile(number)
    accepted = await store.write(accept, visitor=somebody, token=await make_link(store, Role.OWNER))
    assert accepted.acceptance is Acceptance.TAKEN
    person = await store.read(people.find_by_telegram_id, somebody.telegram_id)
    assert person is not None
    return somebody, person.id


async def test_of_many_who_tap_a_link_at_once_one_comes_in(owned: Store) -> None:
    """As when it was forwarded to a group: one has the role, the others read that it was used, and one act is written."""
    token = await make_link(owned, Role.MANAGER)
    taps = (owned.write(accept, visitor=make_profile(number), token=token) for number in range(8))
    came = [(await each).acceptance for each in [asyncio.ensure_future(tap) for tap in taps]]
    assert sorted(came, key=lambda each: each.name) == [*[Acceptance.OVER] * 7, Acceptance.TAKEN]
    assert sorted((await owned.read(roles.list_all)).values()) == [Role.MANAGER, Role.OWNER]
    acts = await owned.read(list_acts, most=10)
    assert [act.act for act in acts].count(Act.ROLE) == 1


@BOTH_ENGINES
async def test_of_two_links_that_one_person_taps_at_once_the_higher_counts(owned: Store) -> None:
    """Whichever is dealt with first."""
    tokens = [await make_link(owned, role) for role in (Role.MANAGER, Role.STAFF) for _ in range(3)]
    await asyncio.gather(*(owned.write(accept, visitor=make_profile(1), token=token) for token in tokens))
    assert await owned.read(roles.find, make_profile(1).telegram_id) is Role.MANAGER


@pytest.mark.parametrize(("seconds", "acceptance"), [(-1, Acceptance.TAKEN), (0, Acceptance.OVER)])
async def test_a_link_holds_for_a_day(owned: Store, clock: Clock, seconds: int, acceptance: Acceptance) -> None:
    """To the second."""
    token = await make_link(owned, Role.STAFF)
    clock.advance(LINK_SECONDS + seconds)
    assert (await owned.write(accept, visitor=make_profile(1), token=token)).acceptance is acceptance


async def test_a_link_dies_with_the_right_to_make_it(owned: Store) -> None:
    """Whoever was removed, or is named in the settings no more, comes back by no link of their own, and brings nobody."""
    dewi, number = await make_owner(owned, 1)
    tokens = [await make_link(owned, Role.OWNER, dewi) for _ in range(2)]
    assert (await owned.write(remove, visitor=SARI, person_id=number)).removal is Removal.DONE
    for visitor, token in zip((dewi, make_profile(2)), tokens, strict=True):
        assert (await owned.write(accept, visitor=visitor, token=token)).acceptance is Acceptance.OVER
    left = await make_link(owned, Role.OWNER)
    await owned.write(roles.set_owners, [77])
    assert (await owned.write(accept, visitor=SARI, token=left)).acceptance is Acceptance.OVER
    assert await owned.read(roles.list_all) == {77: Role.OWNER}


@BOTH_ENGINES
async def test_two_owners_who_remove_each_other_at_once_leave_one(owned: Store) -> None:
    """A shop has an owner, whatever happens in the same moment."""
    (dewi, dewis), (tono, tonos) = await make_owner(owned, 1), await make_owner(owned, 2)
    await owned.write(roles.set_owners, [])
    removals = await asyncio.gather(
        owned.write(remove, visitor=dewi, person_id=tonos),
        owned.write(remove, visitor=tono, person_id=dewis),
        return_exceptions=True,
    )
    assert [each for each in removals if isinstance(each, BaseException) and not isinstance(each, NotAllowed)] == []
    assert list((await owned.read(roles.list_all)).values()) == [Role.OWNER]


async def test_what_is_removed_is_removed_for_what_comes_in_the_same_moment(owned: Store) -> None:
    """An act that was on the way asks again within its own transaction."""
    dewi, number = await make_owner(owned, 1)
    await owned.write(remove, visitor=SARI, person_id=number)

    def act(tx: Tx) -> None:
        demand(tx, dewi, OWNERS)

    with pytest.raises(NotAllowed):
        await owned.write(act)
    with pytest.raises(NotAllowed):
        await owned.read(view_team, visitor=dewi)

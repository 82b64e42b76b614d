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
from storage.tables import conversations, people, roles
from storage.tx import Tx
from tests.owed import list_said
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

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


async def test_owners_hear_who_comes_and_goes_and_it_is_written_down(owned: Store, clock: Clock) -> None:
    """Those who were owners before; whoever leaves hears it as well, and what they were in the middle of ends."""
    sari = (await owned.write(view_team, visitor=SARI)).member.id
    link = await owned.write(invite, visitor=SARI, role=Role.MANAGER)
    assert (link.role, link.member.id, len(link.token)) == (Role.MANAGER, sari, 22)
    guest = make_profile(1)
    taken = await owned.write(accept, visitor=guest, token=link.token)
    assert (taken.acceptance, taken.role, taken.member.name) == (Acceptance.TAKEN, Role.MANAGER, "Guest 1")
    for _ in range(2):
        again = await owned.write(accept, visitor=guest, token=link.token)
        assert (again.acceptance, again.role) == (Acceptance.OVER, Role.MANAGER)
    lower = await owned.write(accept, visitor=guest, token=await make_link(owned, Role.STAFF))
    assert (lower.acceptance, lower.role, lower.member.name) == (Acceptance.HIGHER, Role.MANAGER, "Guest 1")
    same = await owned.write(accept, visitor=guest, token=await make_link(owned, Role.MANAGER))
    assert same.acceptance is Acceptance.HIGHER
    number = taken.member.id
    await owned.write(conversations.open, number, "x", "y", {}, expires_at=clock.now + 1_000_000)
    removed = await owned.write(remove, visitor=SARI, person_id=number)
    assert (removed.removal, removed.telegram_id, removed.view.member.id) == (Removal.DONE, guest.telegram_id, sari)
    assert [(each.person_id, each.role) for each in removed.view.team] == [(sari, Role.OWNER)]
    assert await owned.read(conversations.find, number) is None
    assert await owned.read(list_said) == [
        ("team_joined", sari, {"person": number, "role": "manager"}),
        ("role_ended", number, {}),
        ("team_left", sari, {"person": number}),
    ]
    acts = [each for each in await owned.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.before, each.after) for each in acts] == [
        ("role", "Sari", "Guest 1", "manager", "member"),
        ("invited", "Sari", "manager", "", ""),
        ("invited", "Sari", "staff", "", ""),
        ("role", "Guest 1", "Guest 1", "member", "manager"),
        ("invited", "Sari", "manager", "", ""),
    ]
    assert await owned.read(list_written, Act.ROLE) == [
        (Act.ROLE, number, "", number, "member", "manager"),
        (Act.ROLE, sari, "", number, "manager", "member"),
    ]


async def test_the_team_is_shown_owners_first(owned: Store) -> None:
    """With where each comes from; whoever the settings name and has not come yet has no name."""
    await make_owner(owned, 1)
    for number, role in ((2, Role.STAFF), (3, Role.MANAGER)):
        await owned.write(accept, visitor=make_profile(number), token=await make_link(owned, role))
    await owned.write(roles.set_owners, [SARI.telegram_id, 77])
    seen = await owned.read(view_team, visitor=SARI)
    assert [(each.name, each.role, each.from_settings) for each in seen.team] == [
        ("Sari", Role.OWNER, True),
        ("", Role.OWNER, True),
        ("Guest 1", Role.OWNER, False),
        ("Guest 3", Role.MANAGER, False),
        ("Guest 2", Role.STAFF, False),
    ]
    assert [each.person_id is None for each in seen.team] == [False, True, False, False, False]


async def test_who_cannot_be_removed_stays(owned: Store) -> None:
    """Whoever the settings name, the last owner, and whoever belongs to the team no longer; whoever leaves sees no team."""
    dewi, number = await make_owner(owned, 1)
    sari = (await owned.read(view_team, visitor=SARI)).member.id
    refused = await owned.write(remove, visitor=dewi, person_id=sari)
    assert (refused.removal, len(refused.view.team), refused.telegram_id) == (Removal.SETTINGS, 2, SARI.telegram_id)
    await owned.write(roles.set_owners, [])
    last = await owned.write(remove, visitor=dewi, person_id=number)
    assert (last.removal, len(last.view.team)) == (Removal.LAST, 1)
    gone = await owned.write(remove, visitor=dewi, person_id=sari)
    assert (gone.removal, gone.telegram_id) == (Removal.GONE, SARI.telegram_id)
    other, _ = await make_owner_by(owned, dewi, 2)
    own = await owned.write(remove, visitor=dewi, person_id=number)
    assert (own.removal, list(own.view.team), own.view.member.id) == (Removal.DONE, [], number)
    assert list((await owned.read(roles.list_all)).items()) == [(other.telegram_id, Role.OWNER)]


async def make_owner_by(store: Store, maker: Profile, number: int) -> tuple[Profile, PersonId]:
    """Somebody whom this owner has made another one."""
    somebody = make_profile(number)
    accepted = await store.write(accept, visitor=somebody, token=await make_link(store, Role.OWNER, maker))
    return somebody, accepted.member.id

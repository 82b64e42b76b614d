"""Points by hand: told with the reason, written down, within what a role may give a day, and never to oneself."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.by_hand import Order, Outcome, parse_limits, parse_order
from bot.core.campaigns.campaign import Campaign
from bot.services.audit import Act, list_acts
from bot.services.members import NotAllowed
from bot.services.rewards.by_hand import (
    GivingView,
    give_asked,
    grant_by_hand,
    refuse_limit,
    return_given,
    view_giving,
)
from storage import Store
from storage.checks import list_faults
from storage.facts import GrantId
from storage.records import NoticeId, PersonId, Profile
from storage.role import Role
from storage.tables import grants, ledgers, outbox, people, roles, shops
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
TONO = Profile(telegram_id=901, first_name="Tono", telegram_language="en")
LIMITS = {Role.OWNER: 1000, Role.STAFF: 100}
DAY_SECONDS = 24 * 3600


@pytest.fixture
async def team(store: Store, campaign: Campaign) -> Store:
    """A shop with an owner, one of the staff, and a member."""
    assert campaign.slug
    for visitor, role in ((SARI, Role.OWNER), (TONO, Role.STAFF), (ANNA, Role.MEMBER)):
        await arrive(store, visitor)
        await store.write(roles.set, visitor.telegram_id, role)
    return store


async def find_id(store: Store, visitor: Profile) -> PersonId:
    """Who that is."""
    person = await store.read(people.find_by_telegram_id, visitor.telegram_id)
    assert person is not None
    return person.id


async def give(store: Store, giver: Profile, points: int, to: Profile = ANNA) -> GivingView:
    """Give somebody points."""
    person_id = await find_id(store, to)
    return await store.write(
        grant_by_hand, visitor=giver, person_id=person_id, points=points, reason="For the music", limits=LIMITS
    )


async def list_told(store: Store) -> list[tuple[str, object]]:
    """What members hear of it."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    return [(row.kind, row.payload["points"]) for row in owed if row.kind.startswith("points_")]


async def test_points_are_given_told_and_written_down(team: Store) -> None:
    """Who, to whom, how many and why; the books stay right, and no campaign's budget pays for it."""
    view = await give(team, TONO, 40)
    assert (view.outcome, view.name, view.left, view.grant_id) == (Outcome.GIVEN, "Anna", 60, None)
    assert await team.read(ledgers.get_balance, await find_id(team, ANNA)) == 40
    assert await list_told(team) == [("points_given", 40)]
    (act, *_) = await team.read(list_acts, most=1)
    assert (act.act, act.actor, act.subject, act.before, act.after) == (Act.GAVE, "Tono", "Anna", "For the music", "40")
    assert await team.read(grants.sum_by_campaign, (await team.read(shops.get)).campaign_id) == 0
    assert await list_faults(team) == []


@BOTH_ENGINES
async def test_a_role_gives_so_many_a_day(team: Store, clock: Clock) -> None:
    """However many taps come at once; the next day of the shop begins anew, and who may give none gives none."""
    views = await asyncio.gather(*(give(team, TONO, 30) for _ in range(16)))
    assert sorted(view.outcome is Outcome.GIVEN for view in views)[-4:] == [False, True, True, True]
    assert (await give(team, TONO, 11)).left == 10
    clock.advance(DAY_SECONDS)
    assert (await give(team, TONO, 100)).outcome is Outcome.GIVEN
    await team.write(roles.set, TONO.telegram_id, Role.MANAGER)
    assert (await give(team, TONO, 1)).outcome is Outcome.LIMIT
    assert await list_faults(team) == []


async def test_nobody_gives_to_themselves_or_to_a_stranger(team: Store) -> None:
    """And a member gives nothing to anybody."""
    assert (await give(team, SARI, 5, to=SARI)).outcome is Outcome.ONESELF
    gone = await team.write(grant_by_hand, visitor=SARI, person_id=PersonId(10**9), points=5, reason="x", limits=LIMITS)
    assert gone.outcome is Outcome.NOBODY
    await arrive(team, BUDI)
    with pytest.raises(NotAllowed):
        await give(team, BUDI, 5)
    assert await list_told(team) == []


async def test_an_owner_takes_a_mistake_back_within_the_day(team: Store, clock: Clock) -> None:
    """Once, by a transfer of its own, told and written down; staff cannot, and the next day nobody can."""
    first, late = await give(team, SARI, 70), await give(team, SARI, 5)
    assert first.grant_id is not None
    assert late.grant_id is not None
    with pytest.raises(NotAllowed):
        await team.write(return_given, visitor=TONO, grant_id=first.grant_id)
    taps = [await team.write(return_given, visitor=SARI, grant_id=first.grant_id) for _ in range(2)]
    assert [row is not None for _, row in taps] == [True, False]
    assert await list_told(team) == [("points_given", 70), ("points_given", 5), ("points_returned", 70)]
    (act, *_) = await team.read(list_acts, most=1)
    assert (act.act, act.subject, act.after) == (Act.TOOK_BACK, "Anna", "70")
    sari, anna = await find_id(team, SARI), await find_id(team, ANNA)
    assert await team.read(list_written, Act.GAVE, Act.TOOK_BACK) == [
        (Act.GAVE, sari, "", anna, "For the music", "70"),
        (Act.GAVE, sari, "", anna, "For the music", "5"),
        (Act.TOOK_BACK, sari, "", anna, "", "70"),
    ]
    assert (await give(team, SARI, 1)).left == 994
    clock.advance(DAY_SECONDS + 1)
    assert (await team.write(return_given, visitor=SARI, grant_id=late.grant_id))[1] is None
    assert await team.read(ledgers.get_balance, await find_id(team, ANNA)) == 6
    assert await list_faults(team) == []


async def test_only_what_a_hand_gave_is_taken_back_by_hand(team: Store) -> None:
    """The rewards of the campaign are no mistake of the team's."""
    anna = (await arrive(team, ANNA)).member
    await arrive(team, BUDI, anna.code)
    assert (await team.write(return_given, visitor=SARI, grant_id=GrantId(1)))[1] is None


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("@budi 50 for the music", Order(who="@budi", points=50, reason="for the music")),
        ("Budi Santoso +50  thanks\n a lot", Order(who="Budi Santoso", points=50, reason="thanks a lot")),
        ("Ab12Cd34Ef 7", Order(who="Ab12Cd34Ef", points=7, reason="")),
        ("@budi 0 nothing", None),
        ("@budi -5 oops", None),
        ("@budi", None),
        ("50", None),
        ("", None),
    ],
)
def test_an_order_is_read_from_one_line(typed: str, order: Order | None) -> None:
    """Who, how many, and why if that is said."""
    assert parse_order(typed) == order


def test_limits_are_read_by_role() -> None:
    """Who is not named gives nothing; anything else is a mistake that is named."""
    assert parse_limits("owner=1000, staff = 50") == {Role.OWNER: 1000, Role.STAFF: 50}
    for wrong in ("member=5", "owner", "owner=many", "owner=-1"):
        with pytest.raises(ValueError, match="names no numbers"):
            parse_limits(wrong)


async def test_what_a_dialogue_has_come_to_is_given(team: Store) -> None:
    """To whom and how many are left for today is shown before; more than that is told to be too much; nobody is nobody."""
    anna, tono = await find_id(team, ANNA), await find_id(team, TONO)
    ready = await team.read(view_giving, visitor=TONO, person_id=anna, limits=LIMITS)
    assert (ready.member.name, ready.name, ready.left, ready.outcome, ready.points, ready.grant_id) == (
        "Tono",
        "Anna",
        100,
        Outcome.GIVEN,
        0,
        None,
    )
    assert refuse_limit(ready).outcome is Outcome.LIMIT
    assert refuse_limit(ready).left == 100
    data = {"person": anna, "points": 30, "reason": "For the music"}
    given = await team.write(give_asked, visitor=TONO, data=data, limits=LIMITS)
    assert (given.outcome, given.points, given.left, given.name, given.grant_id) == (
        Outcome.GIVEN,
        30,
        70,
        "Anna",
        None,
    )
    assert await list_told(team) == [("points_given", 30)]
    for person_id, outcome, name in ((tono, Outcome.ONESELF, "Tono"), (PersonId(99), Outcome.NOBODY, "")):
        seen = await team.read(view_giving, visitor=TONO, person_id=person_id, limits=LIMITS)
        assert (seen.outcome, seen.name, seen.left, seen.member.name) == (outcome, name, 70, "Tono")
        again = await team.write(give_asked, visitor=TONO, data={**data, "person": person_id}, limits=LIMITS)
        assert (again.outcome, again.name, again.left) == (outcome, name, 70)
    much = await team.write(give_asked, visitor=TONO, data={**data, "points": 71}, limits=LIMITS)
    assert (much.outcome, much.points, much.left, much.name) == (Outcome.LIMIT, 71, 70, "Anna")
    by_owner = await team.write(give_asked, visitor=SARI, data=data, limits=LIMITS)
    assert by_owner.grant_id is not None
    assert by_owner.left == 970
    assert await team.read(ledgers.get_balance, anna) == 60
    with pytest.raises(NotAllowed):
        await team.write(give_asked, visitor=ANNA, data=data, limits=LIMITS)

"""On which rankings a friend counts, and from which one is taken out again."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import select

from bot.core.campaigns.campaign import Campaign
from bot.core.durations import DAY_SECONDS, SECOND
from bot.core.periods import BoardKind
from bot.services.campaigns.opening import Source, open_shop
from bot.services.cleaning import CHORES
from bot.services.standing import TopView, rank
from storage import Store
from storage.checks import list_faults
from storage.records import PersonId
from storage.schema.boards import board
from storage.tables import people, shops
from tests.services.test_honours import bring, take
from tests.services.test_revoking import add_member
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

ALL, CAMPAIGN, MONTH, WEEK = BoardKind.ALL, BoardKind.CAMPAIGN, BoardKind.MONTH, BoardKind.WEEK


async def open_with(store: Store, campaign: Campaign, members: int = 1) -> list[PersonId]:
    """A shop, and some members."""
    await store.write(open_shop, Source(campaign=campaign))
    return [(await store.write(add_member, f"Member {number}")).id for number in range(members)]


async def look(store: Store, person_id: PersonId, kind: BoardKind = ALL) -> TopView:
    """A ranking, as somebody sees it."""
    person = await store.read(lambda tx: people.get(tx, person_id))
    return await store.write(rank, visitor=person.profile, kind=kind)


async def find_scores(store: Store, person_id: PersonId) -> dict[BoardKind, int]:
    """Somebody's score in each ranking."""
    return {kind: place.score for kind, place in (await look(store, person_id)).places.items()}


async def test_a_friend_counts_in_every_ranking_of_the_moment(store: Store, clock: Clock, campaign: Campaign) -> None:
    """The week's begins anew on Monday, the month's on its first day; the campaign's and the shop's go on."""
    (anna,) = await open_with(store, campaign)
    assert await find_scores(store, anna) == {WEEK: 0, MONTH: 0, CAMPAIGN: 0, ALL: 0}
    await store.write(bring, anna)
    assert await find_scores(store, anna) == {WEEK: 1, MONTH: 1, CAMPAIGN: 1, ALL: 1}
    clock.advance(7 * DAY_SECONDS)
    assert await find_scores(store, anna) == {WEEK: 0, MONTH: 1, CAMPAIGN: 1, ALL: 1}
    await store.write(bring, anna)
    assert await find_scores(store, anna) == {WEEK: 1, MONTH: 2, CAMPAIGN: 2, ALL: 2}
    clock.advance(31 * DAY_SECONDS)
    await store.write(bring, anna)
    assert await find_scores(store, anna) == {WEEK: 1, MONTH: 1, CAMPAIGN: 3, ALL: 3}
    assert await list_faults(store) == []


async def test_another_campaign_has_a_ranking_of_its_own(store: Store, campaign: Campaign) -> None:
    """Friends of the one before count there alone, and in the shop."""
    (anna,) = await open_with(store, campaign)
    await store.write(bring, anna)
    await store.write(open_shop, Source(campaign=replace(campaign, slug="summer")))
    assert await find_scores(store, anna) == {WEEK: 1, MONTH: 1, CAMPAIGN: 0, ALL: 1}
    await store.write(bring, anna)
    assert await find_scores(store, anna) == {WEEK: 2, MONTH: 2, CAMPAIGN: 1, ALL: 2}


async def test_a_friend_is_taken_out_of_the_rankings_of_their_time(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Not of the week in which that is done; also where the shop has moved to another zone since."""
    (anna,) = await open_with(store, campaign)
    referral = await store.write(bring, anna)
    clock.advance(7 * DAY_SECONDS)
    await store.write(shops.set_zone, "Pacific/Kiritimati")
    await store.write(bring, anna)
    await store.write(take, referral)
    assert await find_scores(store, anna) == {WEEK: 1, MONTH: 1, CAMPAIGN: 1, ALL: 1}
    clock.advance(-7 * DAY_SECONDS)
    assert (await find_scores(store, anna))[WEEK] == 0
    assert await list_faults(store) == []


async def test_among_equals_leads_who_got_there_first(store: Store, clock: Clock, campaign: Campaign) -> None:
    """With the friends who count today: who reached the score with one that was taken back has it since the one before."""
    anna, budi = await open_with(store, campaign, 2)
    for person_id in (budi, anna):
        clock.advance(60)
        await store.write(bring, person_id)
    assert [line.person_id for line in (await look(store, anna, WEEK)).lines] == [budi, anna]
    clock.advance(60)
    late = await store.write(bring, budi)
    clock.advance(60)
    await store.write(bring, anna)
    clock.advance(60)
    await store.write(take, late)
    clock.advance(60)
    await store.write(bring, budi)
    view = await look(store, anna, WEEK)
    assert [(line.person_id, line.rank, line.score) for line in view.lines] == [(anna, 1, 2), (budi, 1, 2)]
    assert (await look(store, anna)).lines == view.lines


@BOTH_ENGINES
async def test_many_at_once_begin_a_week_once(store: Store, campaign: Campaign) -> None:
    """Whoever comes first on Monday: nobody is lost, and every counter fits."""
    members = await open_with(store, campaign, 4)
    await asyncio.gather(*(store.write(bring, person_id) for person_id in members for _ in range(5)))
    for person_id in members:
        assert set((await find_scores(store, person_id)).values()) == {5}
    assert await list_faults(store) == []


async def test_who_comes_a_moment_late_counts_in_the_period_of_their_moment(
    store: Store, clock: Clock, campaign: Campaign
) -> None:
    """Another writer has opened the next week and month meanwhile; the ones before are whole all the same, and one each."""
    anna, budi = await open_with(store, campaign, 2)
    clock.advance(60 * DAY_SECONDS)
    await store.write(bring, anna)
    for seconds in (-35 * DAY_SECONDS, -60):
        clock.advance(seconds)
        await store.write(bring, budi)
    assert await find_scores(store, budi) == {WEEK: 2, MONTH: 2, CAMPAIGN: 2, ALL: 2}
    until = clock.now + 60 * DAY_SECONDS * SECOND
    opened = await store.read(lambda tx: tx.rows(select(board.c.period).where(board.c.starts_at.between(1, until))))
    assert sorted(period for (period,) in opened) == [
        "month:2025-11-01",
        "month:2025-12-01",
        "week:2025-11-03",
        "week:2025-12-08",
    ]
    assert await list_faults(store) == []


async def test_a_week_is_forgotten_a_quarter_later(store: Store, clock: Clock, campaign: Campaign) -> None:
    """With everybody who stood on it; what goes on stays."""
    (anna,) = await open_with(store, campaign)
    await store.write(bring, anna)
    clock.advance(130 * DAY_SECONDS)
    while await store.write(CHORES["boards"], 1):
        pass
    clock.advance(-130 * DAY_SECONDS)
    assert await find_scores(store, anna) == {WEEK: 0, MONTH: 0, CAMPAIGN: 1, ALL: 1}
    assert await list_faults(store) == []

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.trials import MOST_DAYS, MOST_VARIANTS, Standing, Verdict, choose_arm, choose_wording
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.campaigns.opening import Source, open_shop
from bot.services.members import NotAllowed, note_owners
from bot.services.trials import (
    adopt_winner,
    begin_trial,
    begin_wordings,
    end_trial,
    find_first_card,
    measure_trial,
)
from storage import Store, Tx
from storage.records import PersonId, Profile, ReferralState, ShareWay
from storage.tables import people, referrals, shares, shops
from tests.storage.clock import Clock
from tests.written import list_written

OWNER = Profile(telegram_id=1, first_name="Rina")
DAY_SECONDS = 24 * 3600


def share_all(tx: Tx, count: int, brings: Callable[[PersonId, int], bool]) -> list[PersonId]:
    """So many members take a card; each that `brings` by its id and place brings the last of them."""
    added = [
        people.add(tx, Profile(telegram_id=100 + n, first_name=f"P{n}"), f"Code{n:06}").id for n in range(2 * count)
    ]
    version = shops.get(tx).version_id
    for place, person_id in enumerate(added[:count]):
        people.set_started(tx, person_id)
        shares.add(tx, person_id, ShareWay.CARD)
        if brings(person_id, place):
            referrals.add(
                tx,
                inviter_id=person_id,
                invitee_id=added[count + place],
                version_id=version,
                source="",
                state=ReferralState.WAITING,
            )
    return added[:count]


@pytest.fixture
async def keys(store: Store, campaign: Campaign) -> list[str]:
    """The two stories that are tried; somebody owns the shop."""
    await store.write(note_owners, telegram_ids=[OWNER.telegram_id])
    return [story.key for story in campaign.stories[:2]]


async def measure(store: Store) -> Standing:
    """How the trial stands."""
    standing = (await store.read(measure_trial)).standing
    assert standing is not None
    return standing


async def list_stories(store: Store) -> list[str]:
    """The stories in the order in which they hold."""
    return (await store.read(get_terms)).story_keys


async def test_a_trial_hands_each_member_one_of_two_stories_for_ever(store: Store, keys: list[str]) -> None:
    """By their number alone; without a trial, and when it has ended, everybody the first."""

    async def ask() -> list[str]:
        profiles = [Profile(telegram_id=50 + n, first_name="P") for n in range(12)]
        return [await store.write(find_first_card, visitor=each) for each in profiles]

    assert set(await ask()) == {keys[0]}
    assert (await store.read(measure_trial)).stories >= 2
    await store.write(begin_trial, visitor=OWNER)
    handed = await ask()
    assert set(handed) == set(keys)
    await store.write(begin_trial, visitor=OWNER)
    assert await ask() == handed
    await store.write(end_trial, visitor=OWNER)
    assert set(await ask()) == {keys[0]}


async def test_joins_are_counted_by_member_and_story_and_a_winner_stands_first(
    store: Store, keys: list[str], clock: Clock
) -> None:
    """Below 200 members for each nothing is decided and nothing adopted; then one tap is a new version, the trial over."""
    await store.write(begin_trial, visitor=OWNER)
    clock.advance(DAY_SECONDS)

    def brings(person_id: PersonId, place: int) -> bool:
        better = choose_arm(" ".join(keys), person_id, keys) == keys[1]
        return place % 2 == 0 if better else place % 10 == 0

    await store.write(adopt_winner, visitor=OWNER)
    assert (await measure(store)).verdict is Verdict.EARLY
    members = await store.write(share_all, 500, brings)
    standing = await measure(store)
    assert [arm.shown for arm in standing.arms] == [
        sum(choose_arm(" ".join(keys), each, keys) == key for each in members) for key in keys
    ]
    assert (standing.verdict, standing.winner) == (Verdict.WON, keys[1])
    before = await list_stories(store)
    await store.write(adopt_winner, visitor=OWNER)
    after = await list_stories(store)
    assert after == [keys[1], keys[0], *before[2:]]
    assert (await store.read(measure_trial)).standing is None
    await store.write(adopt_winner, visitor=OWNER)
    assert await list_stories(store) == after


async def test_other_changes_of_the_campaign_leave_a_trial_running_and_its_end_comes(
    store: Store, keys: list[str], clock: Clock
) -> None:
    """Counted from the version that began it; friends and cards of before are no part of it."""
    await store.write(share_all, 3, lambda *_: True)
    clock.advance(DAY_SECONDS)
    await store.write(begin_trial, visitor=OWNER)
    clock.advance(DAY_SECONDS)
    now = (await store.read(get_terms)).campaign
    await store.write(open_shop, Source(campaign=replace(now, inviter_points=now.inviter_points + 1)))
    clock.advance(DAY_SECONDS)
    assert (await store.read(measure_trial)).days == 2
    assert sum(arm.shown + arm.brought for arm in (await measure(store)).arms) == 0
    clock.advance(MOST_DAYS * DAY_SECONDS)
    assert (await measure(store)).verdict is Verdict.OVER
    assert await list_stories(store) == [*keys, *(await list_stories(store))[2:]]


async def test_more_than_two_stories_are_tried_where_there_are_so_many(store: Store, campaign: Campaign) -> None:
    """Each of the first ones is somebody's, and no more than there are."""
    await store.write(note_owners, telegram_ids=[OWNER.telegram_id])
    for more in (len(campaign.stories) + 1, 5, 1, 0):
        await store.write(begin_trial, visitor=OWNER, stories=more)
        assert (await store.read(measure_trial)).standing is None
    await store.write(begin_trial, visitor=OWNER, stories=MOST_VARIANTS)
    assert len((await measure(store)).arms) == MOST_VARIANTS <= len(campaign.stories)
    await store.write(end_trial, visitor=OWNER)
    await store.write(begin_trial, visitor=OWNER, stories=3)
    rina = await store.read(people.find_by_telegram_id, OWNER.telegram_id)
    assert rina is not None
    assert [
        (act, who, slug, before, after.partition(":")[0])
        for act, who, slug, _, before, after in await store.read(list_written, Act.CAMPAIGN_WRITTEN)
    ][1:] == [
        (Act.CAMPAIGN_WRITTEN, rina.id, campaign.slug, before, after)
        for before, after in pairwise(("v1", "v2", "v3", "v4"))
    ]
    keys = [story.key for story in campaign.stories[:3]]
    assert [arm.key for arm in (await measure(store)).arms] == keys
    profiles = [Profile(telegram_id=50 + n, first_name="P") for n in range(24)]
    assert {await store.write(find_first_card, visitor=each) for each in profiles} == set(keys)


async def test_the_better_wording_is_adopted_by_one_tap(store: Store, campaign: Campaign, clock: Clock) -> None:
    """Each member has one of two for ever, and one trial runs at a time; the winner then is everybody's."""
    await store.write(note_owners, telegram_ids=[OWNER.telegram_id])
    await store.write(begin_wordings, visitor=OWNER)
    await store.write(begin_trial, visitor=OWNER)
    rules = (await store.read(get_terms)).campaign.rules
    assert (rules.try_wordings, rules.try_stories) == (True, 0)
    clock.advance(DAY_SECONDS)

    def brings(person_id: PersonId, place: int) -> bool:
        return place % (2 if choose_wording(rules, person_id) == "give" else 10) == 0

    await store.write(share_all, 900, brings)
    view = await store.read(measure_trial)
    assert view.of_wordings
    assert view.standing is not None
    assert (view.standing.verdict, view.standing.winner) == (Verdict.WON, "give")
    await store.write(adopt_winner, visitor=OWNER)
    after = (await store.read(get_terms)).campaign
    assert (after.rules.wording, after.rules.try_wordings) == ("give", False)
    assert after.stories == campaign.stories
    assert (await store.read(measure_trial)).wording == "give"


async def test_wordings_are_not_tried_where_a_friend_gets_no_points(store: Store, campaign: Campaign) -> None:
    """There would be nothing to speak of."""
    await store.write(note_owners, telegram_ids=[OWNER.telegram_id])
    await store.write(open_shop, Source(campaign=replace(campaign, invitee_points=0)))
    await store.write(begin_wordings, visitor=OWNER)
    view = await store.read(measure_trial)
    assert (view.standing, view.wordings) == (None, False)


@pytest.mark.parametrize("step", [begin_trial, begin_wordings, end_trial, adopt_winner])
async def test_a_trial_is_the_managers(store: Store, step: Callable[..., None]) -> None:
    """Nobody else begins, ends or settles one."""
    with pytest.raises(NotAllowed):
        await store.write(step, visitor=Profile(telegram_id=77, first_name="Ben"))

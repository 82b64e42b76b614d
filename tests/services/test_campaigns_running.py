"""Several campaigns at once: what a link of each brings, while it runs, rests, and after its end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.checking import Fault, Finding
from bot.core.campaigns.running import Change, ChangeRefusal
from bot.core.claiming import Outcome
from bot.core.links import Addresses, compose_payload
from bot.jobs.turning import turn_due
from bot.services.campaigns import find_newer, get_terms
from bot.services.campaigns.editing import schedule_campaign
from bot.services.campaigns.notices import StartHeld
from bot.services.campaigns.opening import Source, take_campaign
from bot.services.campaigns.running import change_campaign, find_next_turn
from bot.services.claiming.naming import name_inviter
from bot.services.joining.joining import start
from bot.services.joining.notices import WelcomeInvited
from bot.services.members import note_owners
from storage import Store
from storage.campaign import CampaignState
from storage.checks import list_faults
from storage.records import CampaignId, NoticeId, Profile, VersionId
from storage.tables import campaigns, ledgers, outbox, people, referrals
from tests.storage.clock import Clock
from tests.thinning import LONG_ON_POSTGRES

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
DAY_SECONDS = 24 * 3600


@pytest.fixture
async def summer(store: Store, campaign: Campaign) -> CampaignId:
    """A campaign that runs beside the main one, and promises 500 and 400."""
    await store.write(take_campaign, Source(campaign=make_summer(campaign)), main=False)
    row = await store.read(campaigns.find_by_slug, "summer")
    assert row is not None
    return row.id


def make_summer(campaign: Campaign, points: int = 500) -> Campaign:
    """The shipped campaign's words with other points."""
    return replace(campaign, slug="summer", inviter_points=points, invitee_points=points - 100)


async def find_nothing(_campaign: Campaign) -> list[Finding]:
    """All is well with whatever is to begin."""
    return []


async def bring(store: Store, number: int, campaign: int | None) -> tuple[VersionId, int]:
    """A newcomer comes by Anna's link for a campaign; the version and what the friend got."""
    anna = (await store.write(start, visitor=ANNA, payload="")).member
    friend = Profile(telegram_id=1000 + number, first_name=f"Friend {number}", telegram_language="en")
    await store.write(start, visitor=friend, payload=compose_payload(anna.code, "fwd", campaign))
    person = await store.read(people.find_by_telegram_id, friend.telegram_id)
    assert person is not None
    referral = await store.read(referrals.find_by_invitee, person.id)
    assert referral is not None
    assert referral.source == "fwd"
    return referral.campaign_version_id, await store.read(ledgers.get_balance, person.id)


async def find_main(store: Store) -> VersionId:
    """The version of the main campaign."""
    return (await store.read(get_terms)).version_id


async def list_over(store: Store) -> list[object]:
    """Of each greeting, whether it says that what the friend told of has ended."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [each.payload.get("over", False) for each in owed if each.kind == WelcomeInvited.kind]


async def test_a_link_that_is_told_later_brings_the_same(store: Store, summer: CampaignId) -> None:
    """Pasted or forwarded as the answer to who recommended the shop: by whichever door it comes."""
    anna = (await store.write(start, visitor=ANNA, payload="")).member
    friend = Profile(telegram_id=1001, first_name="Budi", telegram_language="en")
    await store.write(start, visitor=friend, payload="")
    told = f"She sent me https://t.me/oven_bot?start={compose_payload(anna.code, 'fwd', summer)}"
    view = await store.write(name_inviter, visitor=friend, text=told, addresses=Addresses("oven_bot"))
    assert (view.outcome, view.points) == (Outcome.CREDITED, 400)
    assert await store.read(ledgers.get_balance, anna.id) == 500


async def test_a_link_brings_what_its_own_campaign_promises(
    store: Store, campaign: Campaign, summer: CampaignId
) -> None:
    """And one without a campaign, or with one that never was, what the main one does."""
    main = await find_main(store)
    assert await bring(store, 1, summer) == ((await store.read(campaigns.get, summer)).version_id, 400)
    for number, named in enumerate((None, 999_999), start=2):
        assert await bring(store, number, named) == (main, campaign.invitee_points)
    assert not any(await list_over(store))
    assert await list_faults(store) == []


async def test_what_rests_still_brings_what_it_promised(store: Store, summer: CampaignId) -> None:
    """Nobody who holds a card of it is let down; only no more are handed out."""
    assert await store.write(change_campaign, summer, Change.PAUSE) is None
    assert (await bring(store, 1, summer))[1] == 400
    assert len(await list_stories(store)) == await count_own(store)
    assert await store.write(change_campaign, summer, Change.RESUME) is None
    assert len(await list_stories(store)) == 2 * await count_own(store)


async def list_stories(store: Store) -> list[str]:
    """The keys of all stories that are handed out now."""
    view = await store.read(find_newer, revision=-1)
    assert view is not None
    return [story.key for story in view.campaign.stories]


async def count_own(store: Store) -> int:
    """How many stories the main campaign has."""
    return len((await store.read(get_terms)).campaign.stories)


async def test_an_ended_campaign_has_its_days_of_grace(
    store: Store, campaign: Campaign, summer: CampaignId, clock: Clock
) -> None:
    """After them a friend is credited under the main one, and told so kindly."""
    assert await store.write(change_campaign, summer, Change.END) is None
    clock.advance((campaign.rules.grace_days - 1) * DAY_SECONDS)
    assert (await bring(store, 1, summer))[1] == 400
    assert await list_over(store) == [False]
    clock.advance(2 * DAY_SECONDS)
    assert await bring(store, 2, summer) == (await find_main(store), campaign.invitee_points)
    assert await list_over(store) == [False, True]


async def test_stories_of_all_that_runs_stand_in_one_row(store: Store, campaign: Campaign, summer: CampaignId) -> None:
    """Those of another campaign say its own points, and know which campaign they are told for."""
    view = await store.read(find_newer, revision=-1)
    assert view is not None
    own, others = view.campaign.stories[: len(campaign.stories)], view.campaign.stories[len(campaign.stories) :]
    assert own == campaign.stories
    assert {story.campaign for story in others} == {summer}
    told = next(story for story in view.campaign.texts_for("en").stories if story.key == f"{summer}-mina")
    assert "400 points" in told.offer


async def test_a_campaign_begins_and_ends_by_itself(
    store: Store, campaign: Campaign, summer: CampaignId, clock: Clock
) -> None:
    """What it promises goes by the moment; what is handed out follows with the next look."""
    now = await store.read(lambda tx: tx.now)
    await store.write(campaigns.set_start, summer, now + DAY_SECONDS * 1_000_000)
    await store.write(campaigns.set_end, summer, now + 2 * DAY_SECONDS * 1_000_000, None)
    assert (await bring(store, 1, summer))[1] == campaign.invitee_points
    await turn_due(store, find_nothing)
    assert len(await list_stories(store)) == len(campaign.stories)
    clock.advance(DAY_SECONDS)
    await turn_due(store, find_nothing)
    assert (await bring(store, 2, summer))[1] == 400
    assert len(await list_stories(store)) == 2 * len(campaign.stories)
    clock.advance(DAY_SECONDS)
    await turn_due(store, find_nothing)
    assert (await store.read(campaigns.get, summer)).state is CampaignState.ENDED
    assert len(await list_stories(store)) == len(campaign.stories)
    assert (await bring(store, 3, summer))[1] == 400


async def test_a_campaign_ends_with_its_budget(store: Store, summer: CampaignId) -> None:
    """What both sides were given counts; nothing ends before that."""
    await store.write(campaigns.set_end, summer, None, 1_500)
    for number, state in ((1, CampaignState.RUNNING), (2, CampaignState.ENDED)):
        await bring(store, number, summer)
        await turn_due(store, find_nothing)
        assert (await store.read(campaigns.get, summer)).state is state


async def test_the_main_campaign_always_runs(store: Store, campaign: Campaign, summer: CampaignId) -> None:
    """It rests and ends only once another one is the main one; that must run without an end."""
    row = await store.read(campaigns.find_by_slug, campaign.slug)
    assert row is not None
    for change in (Change.PAUSE, Change.END):
        assert await store.write(change_campaign, row.id, change) is ChangeRefusal.MAIN
    await store.write(campaigns.set_end, summer, 9_000_000_000_000_000, None)
    assert await store.write(change_campaign, summer, Change.MAKE_MAIN) is ChangeRefusal.NOT_RUNNING
    await store.write(campaigns.set_end, summer, None, None)
    assert await store.write(change_campaign, summer, Change.MAKE_MAIN) is None
    assert (await store.read(get_terms)).campaign.slug == "summer"
    assert await store.write(change_campaign, row.id, Change.END) is None
    assert await store.write(change_campaign, row.id, Change.END) is ChangeRefusal.ENDED
    assert await store.write(change_campaign, row.id, Change.RESUME) is ChangeRefusal.NOT_PAUSED
    assert await store.write(change_campaign, row.id, Change.START) is None


async def test_what_was_never_written_cannot_begin(store: Store) -> None:
    """There would be nothing to hand out."""
    row = await store.write(campaigns.add, "empty")
    for change in Change:
        assert await store.write(change_campaign, row.id, change) is ChangeRefusal.UNWRITTEN


@LONG_ON_POSTGRES
async def test_every_reward_is_its_versions_whatever_the_owner_does_meanwhile(
    store: Store, campaign: Campaign, summer: CampaignId
) -> None:
    """Points change fifty times, the campaign rests and goes on, friends come all the while: each gets what held."""
    for number in range(100):
        if number % 2 == 0:
            changed = make_summer(campaign, 200 + number)
            await store.write(take_campaign, Source(campaign=changed), main=False)
        await store.write(change_campaign, summer, Change.PAUSE if number % 3 else Change.RESUME)
        version_id, earned = await bring(store, number, summer)
        assert earned == (await store.read(get_terms, version_id)).campaign.invitee_points == 100 + number - number % 2
    assert await list_faults(store) == []


async def test_a_campaign_beside_the_main_one_keeps_its_own_look(store: Store, summer: CampaignId) -> None:
    """Its stories stand in the same row, and each card looks as its own campaign has it."""
    row = await store.read(campaigns.get, summer)
    assert row.version_id is not None
    dressed = replace((await store.read(get_terms, row.version_id)).campaign, theme="lagoon", main_colour="#2e8b57")
    await store.write(take_campaign, Source(campaign=dressed), main=False)
    view = await store.read(find_newer, revision=-1)
    assert view is not None
    looks = {story.key: story.look for story in view.campaign.texts_for("en").stories}
    theirs = {look.main for key, look in looks.items() if key.startswith(f"{summer}-")}
    others = {look.main for key, look in looks.items() if not key.startswith(f"{summer}-")}
    assert (theirs, others) == ({"#2e8b57"}, {""})


async def test_what_is_not_right_any_more_at_its_time_is_held_back_and_told(
    store: Store, summer: CampaignId, clock: Clock
) -> None:
    """It is a draft again, promises nothing, and every owner reads why; once."""
    sari = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
    await store.write(note_owners, telegram_ids=[sari.telegram_id])
    await store.write(start, visitor=sari, payload="")
    moment = clock.now + DAY_SECONDS * 1_000_000
    assert await store.read(find_next_turn) is None
    await store.write(schedule_campaign, visitor=sari, campaign_id=summer, field="starts_at", value=moment)
    assert await store.read(find_next_turn) == moment
    clock.advance(DAY_SECONDS + 1)
    assert await store.read(find_next_turn) is None
    looked: list[str] = []

    async def find(campaign: Campaign) -> list[Finding]:
        looked.append(campaign.slug)
        return [Finding(fault=Fault.CODE, place=0, language="en")]

    for _ in range(2):
        await turn_due(store, find)
    row = await store.read(campaigns.get, summer)
    assert (row.state, row.starts_at, looked) == (CampaignState.DRAFT, None, ["summer"])
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    assert [each.payload["slug"] for each in owed if each.kind == StartHeld.kind] == ["summer"]
    assert await bring(store, 1, summer) != ((await store.read(campaigns.get, summer)).version_id, 400)

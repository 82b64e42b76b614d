from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.trials import Lift, is_held_out
from bot.services.campaigns import get_terms
from bot.services.campaigns.opening import Source, open_shop
from bot.services.members import NotAllowed, note_owners
from bot.services.reminding.asking import measure_asking, set_hold_out
from bot.services.reminding.nudges import nudge
from storage import Store, Tx
from storage.records import NoticeId, PersonId, Profile, ReferralState, ShareWay
from storage.tables import outbox, people, referrals, shares, shops
from tests.owed import find_member
from tests.storage.clock import Clock

DAY_SECONDS = 24 * 3600
PERCENT = 40
COUNT = 30


def add_members(tx: Tx, first: int, count: int) -> list[PersonId]:
    """Members who have just started."""
    numbers = range(first, first + count)
    added = [people.add(tx, Profile(telegram_id=n, first_name=f"P{n}"), f"Code{n:06}").id for n in numbers]
    for person_id in added:
        people.set_started(tx, person_id)
    return added


def bring(tx: Tx, inviter: PersonId, invitee: PersonId) -> None:
    """A friend who came by a member."""
    version = shops.get(tx).version_id
    referrals.add(
        tx, inviter_id=inviter, invitee_id=invitee, version_id=version, source="", state=ReferralState.WAITING
    )


async def hold_out(store: Store, campaign: Campaign, percent: int) -> None:
    """From now on so many are never asked."""
    rules = replace(campaign.rules, hold_out_percent=percent)
    await store.write(open_shop, Source(campaign=replace(campaign, rules=rules)))


def split(members: list[PersonId]) -> tuple[list[PersonId], list[PersonId]]:
    """Those who may be asked, and those who are not."""
    held = [each for each in members if is_held_out(each, PERCENT)]
    return [each for each in members if each not in held], held


async def list_nudged(store: Store) -> list[int]:
    """Who is owed a nudge."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=200)
    return sorted(find_member(each) or 0 for each in owed if each.kind == "nudge")


async def test_who_is_held_out_is_never_asked_and_keeps_nobody_waiting(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """In no spell of quiet, however often it is looked; the others each once, behind however many who are held out."""
    await hold_out(store, campaign, PERCENT)
    members = await store.write(add_members, 100, COUNT)
    asked, held = split(members)
    assert asked
    assert held
    clock.advance(15 * DAY_SECONDS)
    for _ in range(COUNT):
        await store.write(nudge, limit=3)
    assert await list_nudged(store) == asked
    await store.write(shares.add, held[0], ShareWay.CARD)
    clock.advance(15 * DAY_SECONDS)
    assert await store.write(nudge, limit=50) == 0
    assert (await store.read(people.get, held[0])).nudged_at is None


async def test_without_the_setting_everybody_is_asked(store: Store, clock: Clock) -> None:
    """And there is nothing to tell of."""
    members = await store.write(add_members, 100, COUNT)
    clock.advance(15 * DAY_SECONDS)
    assert await store.write(nudge, limit=50) == COUNT
    assert await list_nudged(store) == members
    assert await store.read(measure_asking) is None


async def test_the_groups_are_all_who_started_since_and_can_have_gone_quiet(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """Asked or not: neither who came before anybody was held out, nor who is too new; a change of the part begins anew."""
    early = await store.write(add_members, 100, COUNT)
    clock.advance(DAY_SECONDS)
    await hold_out(store, campaign, PERCENT)
    clock.advance(1)
    await hold_out(store, replace(campaign, inviter_points=campaign.inviter_points + 1), PERCENT)
    counted = await store.write(add_members, 200, COUNT)
    clock.advance(14 * DAY_SECONDS)
    late = await store.write(add_members, 300, 5)
    asked, held = split(counted)
    for inviter, invitee in ((early[0], early[1]), (asked[0], late[0]), (asked[0], late[1]), (held[0], late[2])):
        await store.write(bring, inviter, invitee)
    lift = await store.read(measure_asking)
    assert lift is not None
    assert counts(lift) == (len(asked), 1, len(held), 1)
    assert not lift.tells
    await hold_out(store, campaign, PERCENT + 1)
    lift = await store.read(measure_asking)
    assert lift is not None
    assert counts(lift) == (0, 0, 0, 0)


def counts(lift: Lift) -> tuple[int, int, int, int]:
    """The two groups."""
    return lift.asked, lift.asked_brought, lift.held, lift.held_brought


async def test_the_chat_holds_members_out_and_asks_them_again(store: Store) -> None:
    """A change of the campaign, by who runs the shop alone."""
    with pytest.raises(NotAllowed):
        await store.write(set_hold_out, visitor=Profile(telegram_id=77, first_name="Ben"), percent=10)
    owner = Profile(telegram_id=1, first_name="Rina")
    await store.write(note_owners, telegram_ids=[1])
    for percent in (10, 10, 0):
        await store.write(set_hold_out, visitor=owner, percent=percent)
        assert (await store.read(get_terms)).campaign.rules.hold_out_percent == percent
        assert (await store.read(measure_asking) is None) is (percent == 0)


@pytest.mark.parametrize("percent", [1, 50])
async def test_the_part_is_kept_with_the_campaign(store: Store, campaign: Campaign, percent: int) -> None:
    """What is promised is read again as it was written."""
    await hold_out(store, campaign, percent)
    view = await store.read(measure_asking)
    assert view is not None

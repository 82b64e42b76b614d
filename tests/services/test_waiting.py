"""Queues: places that are exact whoever comes, goes and is let in, however many at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import Table, update

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.waitlist import Waitlist
from bot.jobs.waiting import open_doors, welcome_owed
from bot.messages.waiting import NOTICES
from bot.services.audit import Act
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.joining import start
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import NotAllowed, note_owners
from bot.services.notices import Notice, read_notice
from bot.services.privacy import forget
from bot.services.waiting.notices import LetIn, QueueEntered
from bot.services.waiting.waiting import QueuePlace, QueueView, find_next_door, let_in, queue_up, view_place, view_queue
from storage import Store, Tx
from storage.checks import list_faults
from storage.facts import GrantKind
from storage.records import NoticeId, Person, Profile
from storage.schema.waitlists import waitlist, waitlist_chunk
from storage.tables import boards, grants, inviter_sums, outbox, people, shops, waitlists
from tests.services.test_revoking import add_member
from tests.services.test_rewards import COFFEE, bring
from tests.storage.cast import run
from tests.thinning import BOTH_ENGINES
from tests.written import list_written

OWNER = Profile(telegram_id=1, first_name="Rina")
KINDS = {notice.kind: notice for notice in NOTICES}


async def open_queue(store: Store, campaign: Campaign, waitlist: Waitlist, people_in_it: int = 0) -> list[Person]:
    """A shop whose campaign is a queue, with so many in it, in order. Friends who are brought have not started the bot, and stand in no line."""
    await store.write(open_shop, Source(campaign=replace(campaign, waitlist=waitlist)))
    await store.write(note_owners, telegram_ids=[1])
    members = [await store.write(add_member, f"M{number}") for number in range(people_in_it)]
    for each in members:
        await store.write(queue_up, visitor=each.profile)
    return members


async def find_places(store: Store, members: list[Person]) -> list[int]:
    """Where they stand."""
    return [(await store.read(view_place, each.id)).place for each in members]


async def find_order(store: Store, members: list[Person]) -> str:
    """Who stands where, from the front, by the letters A, B, C …."""
    places = await find_places(store, members)
    return "".join(chr(65 + number) for place, number in sorted(zip(places, range(len(places)), strict=True)) if place)


def list_told(tx: Tx) -> list[Notice]:
    """What was said of queues."""
    return [read_notice(row, KINDS) for row in outbox.list_owed(tx, after=NoticeId(0), limit=500) if row.kind in KINDS]


async def let(store: Store, count: int, before: int) -> QueueView:
    """The owner lets some in."""
    return await store.write(let_in, visitor=OWNER, count=count, before=before)


async def test_a_friend_moves_a_member_by_exactly_so_many_places(store: Store, campaign: Campaign) -> None:
    """As far as there are any; who is taken back moves them back as far as they had moved them, and is counted once."""
    members = await open_queue(store, campaign, Waitlist(jump=2), 5)
    assert await find_places(store, members) == [1, 2, 3, 4, 5]
    fifth = await store.write(bring, members[4])
    assert await find_order(store, members) == "ABECD"
    await store.write(bring, members[3])
    assert await find_order(store, members) == "ABDEC"
    second = await store.write(bring, members[1])
    assert await find_order(store, members) == "BADEC"
    await store.write(bring, members[1])
    for referral, order in ((second, "ABDEC"), (fifth, "ABDCE"), (fifth, "ABDCE")):
        await store.write(revoke, referral.id, reason=RevokeReason.LEFT)
        assert await find_order(store, members) == order
    assert not await list_faults(store)


async def test_a_queue_is_empty_until_somebody_stands_in_it(store: Store, campaign: Campaign) -> None:
    """Whoever was a member before is in no line, and is told that nobody else is."""
    await open_queue(store, campaign, Waitlist(jump=3))
    early = await store.write(add_member, "Early")
    assert await store.read(view_place, early.id) == QueuePlace(jump=3)


async def test_who_comes_stands_in_line_and_is_told_once(store: Store, campaign: Campaign) -> None:
    """A newcomer by a friend or alone, at the end; whoever was there before takes a place themselves."""
    (anna,) = await open_queue(store, campaign, Waitlist(jump=3), 1)
    for number, payload in enumerate((f"{anna.code}-qr", "", "")):
        await store.write(start, visitor=Profile(telegram_id=50 + min(number, 1), first_name="Budi"), payload=payload)
    assert await store.read(list_told) == [QueueEntered(place=2, jump=3), QueueEntered(place=3, jump=3)]
    assert (await store.read(view_place, anna.id)).place == 1
    assert await store.write(forget, telegram_id=50)
    budi = await store.read(people.find_by_telegram_id, 51)
    assert budi is not None
    view = await store.read(view_place, budi.id)
    assert (view.place, view.length) == (2, 2)
    assert not await list_faults(store)


async def test_the_first_are_let_in_once_given_and_told(store: Store, campaign: Campaign) -> None:
    """A second tap on the same question lets in nobody; friends who come later move nobody who is in."""
    members = await open_queue(store, campaign, Waitlist(jump=2, give=COFFEE), 5)
    assert (await let(store, 2, 0)).count == 2
    assert (await let(store, 2, 0)).stale
    for _ in range(2):
        await welcome_owed(store)
    assert await find_order(store, members) == "CDE"
    assert [type(each) for each in await store.read(list_told)] == [LetIn, LetIn]
    given = [await store.read(grants.list_of, each.id, limit=9, offset=0) for each in members]
    assert [[row.kind for row in rows] for rows in given] == [[GrantKind.BY_HAND]] * 2 + [[]] * 3
    friend = await store.write(bring, members[0])
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    await store.write(queue_up, visitor=members[0].profile)
    assert await find_order(store, members) == "CDE"
    assert (await let(store, 500, 2)).count == 3
    assert await find_places(store, members) == [0] * 5
    assert not await list_faults(store)


async def test_a_day_opens_the_doors_once(store: Store, campaign: Campaign) -> None:
    """As many as it says, however often it is looked; another day opens them again."""
    members = await open_queue(store, campaign, Waitlist(jump=1, let_in=2, on="2025-10-10"), 5)
    await open_doors(store)
    assert await find_order(store, members) == "ABCDE"
    for day, order in (("2025-10-09", "CDE"), ("2025-10-09", "CDE"), ("2025-10-08", "E")):
        await store.write(open_shop, Source(campaign=replace(campaign, waitlist=Waitlist(jump=1, let_in=2, on=day))))
        await open_doors(store)
        assert await find_order(store, members) == order
    assert await store.read(find_next_door) is None
    assert await store.read(list_written, Act.LET_IN) == [
        (Act.LET_IN, None, campaign.slug, None, "", done) for done in ("2", "2")
    ]


async def test_the_next_day_that_opens_doors(store: Store, campaign: Campaign) -> None:
    """It begins at midnight where the shop is."""
    queue = Source(campaign=replace(campaign, waitlist=Waitlist(jump=1, let_in=2, on="2025-10-10")))
    await store.write(open_shop, queue, zone="Asia/Jakarta")
    assert await store.read(find_next_door) == int(datetime(2025, 10, 9, 17, tzinfo=UTC).timestamp()) * 1_000_000


@BOTH_ENGINES
async def test_many_at_once_stand_in_as_many_places(store: Store, campaign: Campaign) -> None:
    """Twelve enter, bring friends and are let in at once: nobody shares a place, and none is empty."""
    members = await open_queue(store, campaign, Waitlist(jump=3))
    members = [await store.write(add_member, f"M{number}") for number in range(12)]
    await asyncio.gather(*(store.write(queue_up, visitor=each.profile) for each in members))
    assert sorted(await find_places(store, members)) == list(range(1, 13))
    await asyncio.gather(*(store.write(bring, each) for each in members), let(store, 4, 0))
    places = sorted(await find_places(store, members))
    assert places == [0, 0, 0, 0, *range(1, 9)]
    assert not await list_faults(store)


@pytest.mark.parametrize("seed", [1, 2])
async def test_where_no_room_is_left_some_is_made_and_the_order_kept(
    store: Store, campaign: Campaign, seed: int
) -> None:
    """Where keys come to an end those around make room; a list in memory says the same."""
    members = await open_queue(store, campaign, Waitlist(jump=4), 9)
    campaign_id = await store.read(lambda tx: boards.get_campaign_id(tx, shops.get(tx).version_id))
    model, draw = list(range(9)), Random(seed)

    def squeeze(tx: Tx) -> None:
        """All stand as close as can be."""
        for number, each in enumerate(members):
            waitlists.set_key(tx, campaign_id, each.id, number)

    await store.write(squeeze)
    for _ in range(40):
        mover = draw.choice(model)
        friend = await store.write(bring, members[mover])
        place = model.index(mover)
        model.insert(max(0, place - 4), model.pop(place))
        if draw.random() < 0.2:
            await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
            back = min(4, place)
            place = model.index(mover)
            model.insert(place + back, model.pop(place))
        assert await find_order(store, members) == "".join(chr(65 + number) for number in model)
    assert not await list_faults(store)
    assert (await store.read(inviter_sums.find, members[0].id)).friends


@pytest.mark.parametrize("table", [waitlist, waitlist_chunk], ids=["length", "chunks"])
async def test_a_queue_that_is_counted_wrongly_is_found(store: Store, campaign: Campaign, table: Table) -> None:
    """Its length, and what places are counted by."""
    await open_queue(store, campaign, Waitlist(jump=4), 3)
    assert not await list_faults(store)
    counted = table.c.length if table is waitlist else table.c.people
    await store.write(run, update(table).values({counted: counted + 1}))
    assert [fault for fault in await list_faults(store) if "is not as long as is counted" in fault]


async def test_who_runs_the_shop_sees_how_long_the_queue_is(store: Store, campaign: Campaign) -> None:
    """Before and after some were let in; nobody else does."""
    members = await open_queue(store, campaign, Waitlist(jump=2), people_in_it=3)
    seen = await store.write(view_queue, visitor=OWNER)
    assert (seen.member.name, seen.length, seen.count, seen.open, seen.jump, seen.let_in) == ("Rina", 3, 0, True, 2, 0)
    assert (await store.read(view_queue, visitor=OWNER, count=2)).count == 2
    await let(store, 1, seen.let_in)
    assert (await store.read(view_queue, visitor=OWNER)).length == 2
    assert await store.read(list_written, Act.LET_IN) == [
        (Act.LET_IN, seen.member.id, campaign.slug, None, "", "1"),
    ]
    with pytest.raises(NotAllowed):
        await store.read(view_queue, visitor=members[0].profile)

from __future__ import annotations

from sqlalchemy import select

from storage import Store
from storage.records import CampaignId, PersonId
from storage.schema.waitlists import waitlist_place
from storage.tables import campaigns, waitlists
from storage.tables.waitlists import PlaceRow
from tests.storage.cast import add_member, add_members
from tests.storage.clock import NOON


async def begin(store: Store) -> tuple[CampaignId, CampaignId, list[PersonId]]:
    """Two queues: three in the first at 10, 20 and 30, and the last of them in the second at 15."""
    people = [each.id for each in await store.write(add_members, 3)]
    first, second = [(await store.write(campaigns.add, slug)).id for slug in ("rye", "bun")]
    for campaign_id in (first, second):
        assert await store.write(waitlists.lock, campaign_id) == (0, 0, "")
    for campaign_id, each, key in ((first, 0, 10), (first, 1, 20), (first, 2, 30), (second, 2, 15)):
        assert await store.write(waitlists.add, campaign_id, people[each], key) is True
    return first, second, people


async def test_a_queue_keeps_its_order(store: Store) -> None:
    """Each stands in it once; who stands beside a key is found in that queue alone, the nearest first."""
    first, second, (anna, ben, cleo) = await begin(store)
    assert await store.write(waitlists.add, first, anna, 99) is False
    beside = [
        await store.read(waitlists.list_beside, first, 20, ahead=ahead, limit=limit)
        for ahead, limit in ((True, 9), (False, 9))
    ]
    assert beside == [[(anna, 10)], [(cleo, 30)]]
    assert await store.read(waitlists.list_beside, first, 40, ahead=True, limit=2) == [(cleo, 30), (ben, 20)]
    assert await store.read(waitlists.list_beside, first, 0, ahead=False, limit=1) == [(anna, 10)]
    assert await store.read(waitlists.list_first, first, 9) == [(anna, 10), (ben, 20), (cleo, 30)]
    assert await store.read(waitlists.list_first, first, 1) == [(anna, 10)]
    assert [await store.read(waitlists.find_last, each) for each in (first, second, CampaignId(99))] == [30, 15, None]
    await store.write(waitlists.set_key, first, cleo, 5)
    assert [number for number, _ in await store.read(waitlists.list_first, first, 9)] == [cleo, anna, ben]
    assert await store.read(waitlists.list_first, second, 9) == [(cleo, 15)]
    places = [PlaceRow(first, cleo, 5), PlaceRow(second, cleo, 15)]
    assert await store.read(waitlists.list_of, cleo) == places
    assert await store.read(waitlists.find, first, cleo) == places[0]
    assert await store.read(waitlists.find, second, anna) is None
    await store.write(waitlists.delete_of, cleo)
    assert await store.read(waitlists.list_of, cleo) == []
    assert await store.read(waitlists.find_last, first) == 20


async def test_a_queue_is_counted_as_a_whole_and_in_chunks(store: Store) -> None:
    """One that is not what its counts say is found; an empty chunk is forgotten, and another queue's stays."""
    first, second, _ = await begin(store)
    assert sorted(await store.read(waitlists.list_apart)) == [first, second]
    for campaign_id, more, chunks in ((first, 4, {0: 1, 1: 2}), (second, 1, {0: 1})):
        await store.write(waitlists.count_in, campaign_id, more=more)
        await store.write(waitlists.count_chunks, campaign_id, chunks)
    assert await store.read(waitlists.list_apart) == [first]
    await store.write(waitlists.count_in, first, more=-1, gone=1)
    assert await store.read(waitlists.list_apart) == []
    await store.write(waitlists.set_opened, first, "2026-05-01")
    assert await store.read(waitlists.find_head, first) == (3, 1, "2026-05-01")
    assert await store.read(waitlists.find_head, second) == (1, 0, "")
    assert await store.read(waitlists.find_head, CampaignId(99)) == (0, 0, "")
    ahead = [
        await store.read(waitlists.count_ahead, first, key, chunk=chunk, begin=begin)
        for key, chunk, begin in ((10, 0, 0), (20, 0, 0), (30, 1, 20), (30, 1, 30), (31, 2, 20))
    ]
    assert ahead == [0, 1, 2, 1, 5]
    await store.write(waitlists.count_chunks, first, {0: -1, 1: 0})
    await store.write(waitlists.drop_empty, first)
    assert await store.read(waitlists.list_apart) == [first]
    await store.write(waitlists.count_chunks, first, {1: 1})
    assert await store.read(waitlists.list_apart) == []


async def test_who_is_let_in_is_owed_what_that_gives(store: Store) -> None:
    """Everybody up to a key, in one queue, once; who never queued has no place in any."""
    first, second, (anna, ben, cleo) = await begin(store)
    assert await store.write(waitlists.let_in, first, 20) == 2
    owed = [PlaceRow(first, each, None) for each in (anna, ben)]
    assert await store.read(waitlists.list_owed, 9) == owed
    assert await store.read(waitlists.list_owed, 1) == owed[:1]
    moments = select(waitlist_place.c.person_id, waitlist_place.c.let_in_at).order_by(waitlist_place.c.rank_key)
    assert set(await store.read(lambda tx: tx.rows(moments))) == {(anna, NOON), (ben, NOON), (cleo, None)}
    assert await store.read(waitlists.list_first, first, 9) == [(cleo, 30)]
    assert await store.read(waitlists.find_last, second) == 15
    assert [await store.write(waitlists.settle, owed[0]) for _ in range(2)] == [True, False]
    assert await store.read(waitlists.list_owed, 9) == owed[1:]
    assert await store.read(waitlists.list_of, (await store.write(add_member, 9)).id) == []

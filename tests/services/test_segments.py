from __future__ import annotations

from dataclasses import replace
from random import Random

from bot.services.members import enter
from bot.services.segments.finding import find_audience
from storage import Store, open_store
from storage.records import Profile
from storage.segment import Trait, Within
from storage.tables import broadcasts, lists, people, segments
from tests.segments import draw_facts, draw_segment, find_differences, write_facts
from tests.storage.cast import add_members
from tests.storage.clock import Clock


async def test_the_store_means_whom_the_words_mean(store_url: str, clock: Clock) -> None:
    """Whoever a segment of any shape means, looked at one by one, is whom the database finds and counts."""
    random = Random(11)
    everybody = [draw_facts(random, number) for number in range(1, 151)]
    async with open_store(store_url, clock=clock) as store:
        await store.write(write_facts, everybody)
        assert await find_differences(store, everybody, [draw_segment(random) for _ in range(60)]) == []


async def test_a_member_is_heard_of_once_a_day(store: Store, clock: Clock) -> None:
    """Whoever speaks to the bot was seen then; it is written down again after a day, not with every word."""
    anna = Profile(telegram_id=11, first_name="Anna")
    person = await store.write(enter, anna)
    seen = []
    for hours in (0, 23, 2, 1):
        clock.advance(hours * 3600)
        await store.write(enter, anna)
        seen.append((await store.read(people.get, person.id)).seen_at)
    begun = clock.now - 26 * 3600 * 1_000_000
    assert seen == [begun, begun, clock.now - 3600 * 1_000_000, clock.now - 3600 * 1_000_000]


async def test_lists_and_segments_are_kept_by_name(store: Store) -> None:
    """A list holds everybody once and ends with its last; a segment's name is its own."""
    members = [person.id for person in await store.write(add_members, 3)]
    await store.write(lists.add, "march", members[:2])
    await store.write(lists.add, "march", members)
    await store.write(lists.add, "april", members[:1])
    assert await store.read(lists.count_each, limit=9) == {"april": 1, "march": 3}
    assert await store.write(lists.clear, "april") == 1
    assert await store.read(lists.count_each, limit=9) == {"march": 3}
    first = await store.write(segments.add, "regulars", "friends>=3")
    assert first is not None
    assert await store.write(segments.add, "regulars", "tier:gold") is None
    kept = await store.read(segments.find, first)
    assert kept is not None
    assert (kept.name, kept.written) == ("regulars", "friends>=3")
    await store.write(segments.set_segment, replace(kept, name="friends", written="friends>=4"))
    assert await store.read(segments.find_by_name, "regulars") is None
    assert [row.written for row in await store.read(segments.list_all, limit=9)] == ["friends>=4"]
    assert await store.write(segments.remove, first)
    assert not await store.write(segments.remove, first)


async def test_what_is_sent_later_is_for_whom_it_means_then(store: Store, clock: Clock) -> None:
    """Days ago count from the confirmation, and from when it is due where that is after it; then they stand still."""
    (anna,) = await store.write(add_members, 1)
    draft = await store.write(broadcasts.add, anna.id)
    sent = replace(draft, segment="joined since 30d", started_at=clock.now, due_at=0)
    begins = []
    for broadcast, hours in ((draft, 0), (sent, 5), (replace(sent, due_at=clock.now + 7), 0)):
        clock.advance(hours * 3600)
        begins.append(await store.read(find_audience, broadcast))
    month = 30 * 86_400_000_000
    joined = [Within(trait=Trait.JOINED, low=at - month) for at in (sent.started_at or 0, (sent.started_at or 0) + 7)]
    assert begins == [None, *joined]

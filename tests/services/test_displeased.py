from __future__ import annotations

from dataclasses import replace

import pytest

from bot.services.broadcasts.planning import summarize
from bot.services.pulse.answering import answer
from storage import Store, Tx
from storage.broadcast import News, Skip
from storage.pulse import PulseCause
from storage.records import DeliveryState, PersonId
from storage.tables import broadcasts, deliveries, people, pulses
from tests.services.test_broadcast_plans import DAY, move_in, send, start, write_draft
from tests.storage.clock import Clock


def say(tx: Tx, person_id: PersonId, said: int) -> None:
    """Somebody is asked how it was, and answers."""
    pulse_id = pulses.add(tx, person_id, PulseCause.JOINED, "")
    answer(tx, visitor=people.get(tx, person_id).profile, pulse_id=pulse_id, said=said)


@pytest.mark.parametrize("news", News)
async def test_whoever_is_displeased_gets_no_offer(store: Store, clock: Clock, news: News) -> None:
    """For the shop's rest, and says so to the author before; stories and results arrive all the same."""
    anna, budi, cleo = await store.write(move_in, "en", "en", "en")
    for person_id, said in ((anna, 1), (budi, 3)):
        await store.write(say, person_id, said)
    draft = replace(await store.read(broadcasts.get, await store.write(write_draft)), news=news)
    told = (await store.read(summarize, draft)).skipped.get(Skip.DISPLEASED, 0)
    assert told == (news is News.OFFERS)
    of = await start(store, news=news)
    got, _ = await send(store)
    assert set(got) - {draft.author_id} == {budi, cleo} | (set() if news is News.OFFERS else {anna})
    clock.advance(30 * DAY + 1)
    later = replace(draft, id=of, news=news)
    assert (await store.read(summarize, later)).skipped.get(Skip.DISPLEASED, 0) == 0


async def test_an_offer_on_its_way_is_held_back(store: Store, clock: Clock) -> None:
    """Whoever turns out displeased before theirs has left does not get it any more; another kind of news they do."""
    del clock
    anna, budi = await store.write(move_in, "en", "en")
    of = await start(store, news=News.OFFERS)
    await send(store, limit=1)
    await store.write(say, budi, 2)
    assert (await send(store))[0] == []
    assert await store.read(deliveries.count_skipped, of) == {Skip.DISPLEASED: 1}
    assert (await store.read(deliveries.count_by_state, of))[DeliveryState.SENT] == 1
    assert anna != budi

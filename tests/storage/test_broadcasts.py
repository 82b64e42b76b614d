from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import RowMissing, Store, Tx
from storage.broadcast import Broadcast, News, Outcome, Planned, Skip
from storage.records import BroadcastChanged, BroadcastId, BroadcastState, DeliveryState, Event, Person
from storage.schema.messages import delivery
from storage.tables import broadcast_links, broadcasts, deliveries, people
from tests.storage import cast
from tests.storage.cast import add_member, add_members
from tests.storage.clock import NOON

ANYTHING = tuple(BroadcastState)


def begin(tx: Tx, members: int) -> tuple[Broadcast, list[Person]]:
    """Begin a running broadcast to so many members."""
    audience = add_members(tx, members)
    broadcast = broadcasts.add(tx, audience[0].id)
    broadcasts.fix_audience(tx, broadcast.id)
    broadcasts.set_state(tx, broadcast.id, BroadcastState.RUNNING, expected=ANYTHING)
    return broadcasts.get(tx, broadcast.id), audience


async def begin_filled(store: Store, members: int) -> BroadcastId:
    """Begin a running broadcast whose recipients are all queued."""
    broadcast, _ = await store.write(begin, members)
    while await store.write(cast.fill, broadcast.id, limit=100):
        pass
    return broadcast.id


async def test_a_broadcast_grows_step_by_step(store: Store) -> None:
    """It begins as a draft and empty, and takes its content and its progress message."""
    anna = await store.write(add_member, 1)
    broadcast = await store.write(broadcasts.add, anna.id)
    assert (broadcast.state, broadcast.content, broadcast.audience_upto) == (BroadcastState.DRAFT, None, None)
    content: dict[str, object] = {"text": "Hällo", "entities": [{"type": "bold", "offset": 0, "length": 2}]}
    await store.write(broadcasts.set_content, broadcast.id, content)
    await store.write(broadcasts.set_progress_message, broadcast.id, 77)
    kept = await store.read(broadcasts.get, broadcast.id)
    assert (kept.content, kept.progress_message_id, kept.created_at) == (content, 77, NOON)


async def test_broadcasts_are_found_by_author_and_by_running(store: Store) -> None:
    """The latest of an author is the one begun last; only running ones are to be sent."""
    anna, ben = await store.write(add_members, 2)
    assert await store.read(broadcasts.find_latest, anna.id) is None
    first, second = [await store.write(broadcasts.add, anna.id) for _ in range(2)]
    assert await store.read(broadcasts.find_latest, anna.id) == second
    assert await store.read(broadcasts.find_latest, ben.id) is None
    await store.write(broadcasts.set_state, first.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    assert [each.id for each in await store.read(broadcasts.find_running)] == [first.id]
    with pytest.raises(RowMissing):
        await store.read(broadcasts.get, BroadcastId(99))
    assert await store.read(broadcasts.find, BroadcastId(99)) is None


async def test_a_broadcast_is_shown_from_its_start_until_its_message_is_forgotten(store: Store) -> None:
    """Drafts are not shown yet; what is over is shown until the last word is said."""
    broadcast, (anna,) = await store.write(begin, 1)
    await store.write(broadcasts.set_progress_message, broadcast.id, 77)
    draft = await store.write(broadcasts.add, anna.id)
    await store.write(broadcasts.set_progress_message, draft.id, 78)
    await store.write(broadcasts.set_state, broadcast.id, BroadcastState.DONE, expected=ANYTHING)
    assert [each.id for each in await store.read(broadcasts.list_shown)] == [broadcast.id]
    await store.write(broadcasts.set_progress_message, broadcast.id, None)
    assert await store.read(broadcasts.list_shown) == []


async def test_a_state_is_left_only_from_where_expected(store: Store) -> None:
    """Of two that want to move it only the first does, and only that one is told."""
    heard: list[Event] = []
    store.subscribe(heard.extend)
    anna = await store.write(add_member, 1)
    broadcast = await store.write(broadcasts.add, anna.id)
    for expected in (True, False):
        moved = await store.write(
            broadcasts.set_state, broadcast.id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT]
        )
        assert moved is expected
    assert heard == [BroadcastChanged(broadcast_id=broadcast.id)]
    assert (await store.read(broadcasts.get, broadcast.id)).finished_at == NOON


async def test_the_audience_is_fixed_once(store: Store) -> None:
    """Who comes later does not belong to it, even if it is fixed again."""
    broadcast, audience = await store.write(begin, 3)
    await store.write(add_member, 9)
    await store.write(broadcasts.fix_audience, broadcast.id)
    fixed = await store.read(broadcasts.get, broadcast.id)
    assert (fixed.audience_upto, fixed.started_at) == (audience[-1].id, NOON)


async def test_filling_takes_members_who_can_be_reached(store: Store) -> None:
    """Pages hold members only, none blocked, none who came later; then 0 for ever."""
    broadcast, audience = await store.write(begin, 7)

    def change(tx: Tx) -> None:
        people.set_blocked(tx, audience[1].id, True)
        add_member(tx, 9)

    await store.write(change)
    filled, left = [], [await store.read(deliveries.count_unfilled, broadcast.id)]
    for _ in range(4):
        filled.append(await store.write(cast.fill, broadcast.id, limit=4))
        left.append(await store.read(deliveries.count_unfilled, broadcast.id))
    assert filled == [4, 2, 0, 0]
    assert left == [6, 2, 0, 0, 0]
    claimed = await store.write(cast.claim, broadcast.id, 100)
    assert [each.person_id for each in claimed] == [each.id for each in audience if each is not audience[1]]
    assert claimed[0].telegram_id == audience[0].profile.telegram_id


async def test_nobody_is_claimed_twice(store: Store) -> None:
    """Claims are disjoint and together everybody, in order."""
    broadcast_id = await begin_filled(store, 5)
    claims = [await store.write(cast.claim, broadcast_id, 2) for _ in range(4)]
    assert [len(each) for each in claims] == [2, 2, 1, 0]
    people_claimed = [recipient.person_id for each in claims for recipient in each]
    assert people_claimed == sorted(set(people_claimed))


async def test_outcomes_settle_what_was_being_sent(store: Store) -> None:
    """Each delivery ends in one state, and the first outcome stands."""
    broadcast_id = await begin_filled(store, 4)
    ids = [each.person_id for each in await store.write(cast.claim, broadcast_id, 3)]
    states = (DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED)
    outcomes = [
        Outcome(broadcast_id=broadcast_id, person_id=person_id, state=state, message_id=5, error="why\0")
        for person_id, state in zip(ids, states, strict=True)
    ]
    await store.write(deliveries.settle, outcomes)
    late = Outcome(broadcast_id=broadcast_id, person_id=ids[0], state=DeliveryState.FAILED)
    await store.write(deliveries.settle, [late])
    await store.write(deliveries.settle, [])
    assert await store.read(deliveries.count_by_state, broadcast_id) == {
        **dict.fromkeys(states, 1),
        DeliveryState.QUEUED: 1,
    }
    (blocked,) = await store.read(deliveries.list_in_state, broadcast_id, DeliveryState.BLOCKED, 5)
    assert blocked.person_id == ids[1]


async def test_only_what_was_surely_not_sent_is_queued_again(store: Store) -> None:
    """Requeued recipients are claimed again; settled ones are not."""
    broadcast_id = await begin_filled(store, 2)
    first, second = [each.person_id for each in await store.write(cast.claim, broadcast_id, 2)]
    await store.write(
        deliveries.settle, [Outcome(broadcast_id=broadcast_id, person_id=second, state=DeliveryState.SENT)]
    )
    await store.write(deliveries.requeue, broadcast_id, [first, second])
    await store.write(deliveries.requeue, broadcast_id, [])
    assert [each.person_id for each in await store.write(cast.claim, broadcast_id, 5)] == [first]


async def test_a_new_process_marks_what_was_in_flight(store: Store) -> None:
    """What was being sent becomes unknown, is listed, and is never claimed again."""
    broadcast_id = await begin_filled(store, 3)
    claimed = await store.write(cast.claim, broadcast_id, 2)
    assert await store.write(deliveries.mark_unknown) == 2
    assert await store.write(deliveries.mark_unknown) == 0
    assert await store.read(deliveries.list_in_state, broadcast_id, DeliveryState.UNKNOWN, 5) == claimed
    assert len(await store.write(cast.claim, broadcast_id, 5)) == 1


async def test_nobody_to_send_to_is_complete_at_once(store: Store) -> None:
    """An audience without reachable members fills nothing."""
    broadcast, (anna,) = await store.write(begin, 1)
    await store.write(people.set_blocked, anna.id, True)
    assert await store.write(cast.fill, broadcast.id, limit=5) == 0
    assert await store.read(deliveries.count_by_state, broadcast.id) == {}
    assert await store.write(cast.claim, broadcast.id, 5) == []


async def test_a_sample_gets_it_first_and_the_rest_once(store: Store) -> None:
    """So many of a hundred, the same whenever they are asked for; then everybody else, and nobody twice."""
    broadcast, audience = await store.write(begin, 60)
    await store.write(broadcasts.set_sample, broadcast.id, 20)
    meant = await store.read(deliveries.count_unfilled, broadcast.id)
    assert 0 < meant < 30
    assert sum([await store.write(cast.fill, broadcast.id, limit=40) for _ in range(3)]) == meant
    sample = [each.person_id for each in await store.write(cast.claim, broadcast.id, 100)]
    assert len(sample) == meant
    await store.write(broadcasts.set_sample, broadcast.id, None)
    assert await store.read(deliveries.count_unfilled, broadcast.id) == 60 - meant
    assert sum([await store.write(cast.fill, broadcast.id, limit=40) for _ in range(3)]) == 60 - meant
    rest = [each.person_id for each in await store.write(cast.claim, broadcast.id, 100)]
    assert sorted(sample + rest) == [each.id for each in audience]


async def test_a_recipient_brings_what_their_message_is_made_of(store: Store) -> None:
    """The code of their card, and their language: the chosen one before Telegram's."""
    broadcast, (anna, ben) = await store.write(begin, 2)
    await store.write(people.set_language, ben.id, "id")
    await store.write(cast.fill, broadcast.id, limit=5)
    claimed = await store.write(cast.claim, broadcast.id, 5)
    assert [(each.code, each.language) for each in claimed] == [(anna.code, ""), (ben.code, "id")]


async def test_links_are_counted_by_person(store: Store) -> None:
    """However often somebody opens however many of them; where they lead is found by number, and by none that was not given."""
    broadcast, (anna, ben) = await store.write(begin, 2)
    urls = {1: "https://example.org/a", 2: "https://example.org/b"}
    await store.write(broadcast_links.add_each, broadcast.id, urls)
    assert await store.read(broadcast_links.list_of, broadcast.id) == urls
    assert await store.read(broadcast_links.find, broadcast.id, 2) == urls[2]
    assert await store.read(broadcast_links.find, broadcast.id, 3) is None
    assert [await store.write(broadcast_links.note_opened, broadcast.id, who.id) for who in (anna, anna, ben)] == [
        True,
        False,
        True,
    ]
    await store.write(broadcast_links.forget_of, ben.id)
    assert await store.read(broadcast_links.count_opened, broadcast.id) == 2


async def test_a_broadcast_is_paid_for_until_it_is_set_free(store: Store) -> None:
    """Once, which is told; the one beside it goes on being paid for."""
    anna = await store.write(add_member, 1)
    first, second = [await store.write(broadcasts.add, anna.id) for _ in range(2)]
    heard: list[Event] = []
    store.subscribe(heard.extend)
    assert await store.write(broadcasts.set_free, first.id) is False
    for each in (first, second):
        await store.write(broadcasts.set_plan, each.id, news=News.RESULTS, timing={"at": 5}, paid=True)
    assert [await store.write(broadcasts.set_free, first.id) for _ in range(2)] == [True, False]
    assert heard == [BroadcastChanged(broadcast_id=first.id)]
    kept = [await store.read(broadcasts.get, each.id) for each in (first, second)]
    assert [(each.paid, each.news, each.timing) for each in kept] == [
        (False, News.RESULTS, {"at": 5}),
        (True, News.RESULTS, {"at": 5}),
    ]


async def test_who_is_planned_anew_and_gets_it_has_no_reason_why_not(store: Store) -> None:
    """Whoever is left out is settled at that moment, and why is kept; of the others nothing is."""
    broadcast, (anna, ben, _) = await store.write(begin, 3)
    while await store.write(cast.fill, broadcast.id, limit=100):
        pass
    decided = [Planned(person_id=anna.id, due_at=NOON + 5), Planned(person_id=ben.id, skip=Skip.NEWS)]
    await store.write(deliveries.replan, broadcast.id, decided)
    columns = delivery.c.state, delivery.c.error, delivery.c.due_at, delivery.c.settled_at
    shown = select(*columns).where(delivery.c.person_id.in_([anna.id, ben.id])).order_by(delivery.c.person_id)
    rows = await store.read(lambda tx: [tuple(row) for row in tx.rows(shown)])
    assert rows == [("queued", "", NOON + 5, None), ("skipped", Skip.NEWS.value, 0, NOON)]


async def test_all_messages_of_an_album_are_known_again(store: Store) -> None:
    """In their order; of what is one message there are no more."""
    broadcast = await begin_filled(store, 2)
    anna, ben = await store.write(cast.claim, broadcast, 9)
    album, single = (
        Outcome(
            broadcast_id=broadcast, person_id=each.person_id, state=DeliveryState.SENT, message_id=50, more_ids=more
        )
        for each, more in ((anna, (51, 52)), (ben, ()))
    )
    await store.write(deliveries.settle, [album, single])
    kept = select(delivery.c.message_id, delivery.c.more_ids).order_by(delivery.c.person_id)
    assert await store.read(lambda tx: [tuple(row) for row in tx.rows(kept)]) == [(50, "51 52"), (50, "")]

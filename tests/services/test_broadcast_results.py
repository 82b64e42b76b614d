from __future__ import annotations

from dataclasses import replace

from bot.core.broadcasts.content import FIRST, BroadcastContent, Kind, Version, write_content
from bot.core.broadcasts.timing import Timing, When, write_timing
from bot.services.broadcasts.results import SHOWN_BROADCASTS, BroadcastResult, list_results
from storage import Store, Tx
from storage.broadcast import Action, News, Outcome
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId, Profile
from storage.tables import broadcast_links, broadcasts, deliveries, people
from tests.storage.clock import Clock

STATES = [DeliveryState.SENT, DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED, DeliveryState.UNKNOWN]


def move_in(tx: Tx) -> list[PersonId]:
    """Sari, who writes, and one for each way a delivery ends."""
    found = []
    for number in range(len(STATES) + 1):
        person = people.add(tx, Profile(telegram_id=100 + number, first_name=f"P{number}"), f"Code{number:06}")
        people.set_started(tx, person.id)
        found.append(person.id)
    return found


def add(
    tx: Tx, author: PersonId, *, counts: bool, action: Action = Action.SEND, timing: Timing | None = None
) -> BroadcastId:
    """A confirmed broadcast of a text."""
    of = broadcasts.add(tx, author, action=action).id
    text = Version(kind=Kind.TEXT, parameters={"text": "Warm bread"})
    broadcasts.set_content(tx, of, write_content(BroadcastContent(versions={FIRST: text}, counts=counts)))
    broadcasts.set_plan(tx, of, news=News.OFFERS, timing=write_timing(timing or Timing()), paid=False)
    broadcasts.set_started(tx, of, due_at=0, joined_upto=None)
    return of


def deliver(tx: Tx, of: BroadcastId, readers: list[PersonId]) -> None:
    """To each of them, with every end that there is."""
    deliveries.queue(tx, of, readers)
    deliveries.claim(tx, of, readers)
    ends = zip(readers, STATES, strict=True)
    deliveries.settle(tx, [Outcome(broadcast_id=of, person_id=each, state=state) for each, state in ends])


async def test_each_broadcast_says_what_came_of_it(store: Store, clock: Clock) -> None:
    """Whoever has got it, has opened a link as often as they like, was not reached, or nobody knows of; also when only sums are left."""
    sari, *readers = await store.write(move_in)
    of = await store.write(lambda tx: add(tx, sari, counts=True))
    await store.write(deliver, of, readers)
    for _ in range(2):
        await store.write(broadcast_links.note_opened, of, readers[0])
    [result] = await store.read(list_results)
    assert (result.sent, result.opened, result.failed, result.unknown) == (2, 1, 2, 1)
    clock.advance(1)
    await store.write(lambda tx: broadcasts.set_state(tx, of, BroadcastState.DONE, expected=[BroadcastState.DRAFT]))
    await store.write(
        lambda tx: (
            deliveries.fold(tx, before=tx.now + 1, limit=9),
            broadcast_links.fold(tx, before=tx.now + 1, limit=9),
        )
    )
    [folded] = await store.read(list_results)
    assert replace(folded, broadcast=result.broadcast) == result


async def test_only_what_was_sent_is_told_and_of_that_the_latest(store: Store) -> None:
    """No drafts, edits or deletions, and not the one of which every week brings its own; opened links only where they are counted."""

    def write(tx: Tx) -> list[BroadcastId]:
        sari = move_in(tx)[0]
        made = [add(tx, sari, counts=False) for _ in range(SHOWN_BROADCASTS + 1)]
        broadcasts.add(tx, sari)
        add(tx, sari, counts=False, action=Action.EDIT)
        add(tx, sari, counts=False, action=Action.DELETE)
        add(tx, sari, counts=True, timing=Timing(when=When.WEEKLY, weekday=1, minute=60))
        return made

    made = await store.write(write)
    results: list[BroadcastResult] = await store.read(list_results)
    assert [each.broadcast.id for each in results] == made[:0:-1]
    assert {each.opened for each in results} == {None}

from __future__ import annotations

from functools import partial

import pytest

from bot.core.broadcasts.content import Kind, Version, read_content
from bot.core.durations import DAY_SECONDS
from bot.core.retention import UNCONFIRMED_DAYS
from bot.services.broadcasts.authoring import (
    BroadcastView,
    cancel,
    confirm,
    list_unknown,
    pause,
    resume,
    view_broadcast,
)
from bot.services.broadcasts.composing import Written, abandon, compose, keep
from bot.services.broadcasts.delivering import (
    Ends,
    FormerRun,
    Step,
    begin,
    forget_progress,
    proceed,
    requeue_strays,
    view_progress,
)
from bot.services.broadcasts.planning import PAGE
from bot.services.cleaning import clean_broadcasts
from bot.services.conversations import find_conversation
from bot.services.members import NotAllowed
from bot.services.stats import count
from storage import Store, Tx
from storage.broadcast import News, Outcome, Recipient
from storage.records import BroadcastId, BroadcastState, DeliveryState, PersonId, Profile
from storage.role import Role
from storage.tables import broadcasts, deliveries, people, roles
from tests.storage.cast import add_members
from tests.storage.clock import Clock

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="id")
TONO = Profile(telegram_id=901, first_name="Tono")
CONTENT = {"versions": {"": {"kind": "text", "text": "Fresh bread"}}, "buttons": [], "share": True, "count": False}


def write_text(text: str = "Fresh bread", message_id: int = 7, language: str = "") -> Written:
    """What the author has sent."""
    version = Version(kind=Kind.TEXT, parameters={"text": text})
    return Written(language=language, version=version, message_ids=[message_id])


RUNNING, SENT, QUEUED = BroadcastState.RUNNING, DeliveryState.SENT, DeliveryState.QUEUED


async def appoint(store: Store, *authors: Profile) -> None:
    """Let them write to all."""
    for author in authors:
        await store.write(roles.set, author.telegram_id, Role.MANAGER)


async def write_draft(store: Store, author: Profile = SARI) -> BroadcastId:
    """A message that waits for its confirmation."""
    await appoint(store, author)
    await store.write(compose, visitor=author)
    view = await store.write(keep, visitor=author, written=write_text(message_id=7), shown=[])
    assert view is not None
    return view.broadcast.id


async def start(store: Store, members: int = 4, author: Profile = SARI) -> BroadcastId:
    """A confirmed broadcast to so many members and its author."""
    await store.write(add_members, members)
    broadcast_id = await write_draft(store, author)
    assert await store.write(confirm, visitor=author, broadcast_id=broadcast_id, progress_message_id=5) is not None
    return broadcast_id


def end(broadcast_id: BroadcastId, person_id: PersonId, state: DeliveryState = SENT) -> Outcome:
    """How a delivery ended."""
    return Outcome(broadcast_id=broadcast_id, person_id=person_id, state=state)


def say(seen: BroadcastView) -> str:
    """The words of the first version."""
    return str(read_content(seen.broadcast.content).versions[""].parameters["text"])


async def view(store: Store, broadcast_id: BroadcastId, visitor: Profile = SARI) -> BroadcastView:
    """The broadcast as its author sees it."""
    found = await store.read(view_broadcast, visitor=visitor, broadcast_id=broadcast_id)
    assert found is not None
    return found


async def test_a_broadcast_is_written_looked_at_and_confirmed(store: Store) -> None:
    """The view says how many would get it, in the author's language; confirming fixes the audience."""
    await store.write(add_members, 3)
    broadcast_id = await write_draft(store)
    seen = await view(store, broadcast_id)
    assert (seen.total, seen.member.language, seen.broadcast.content) == (4, "id", CONTENT)
    started = await store.write(confirm, visitor=SARI, broadcast_id=broadcast_id, progress_message_id=77)
    assert started is not None
    assert (started.broadcast.state, started.broadcast.progress_message_id, started.total) == (RUNNING, 77, 4)


async def test_confirming_twice_starts_once(store: Store) -> None:
    """The second tap shows how far it is; its message does not become the progress."""
    broadcast_id = await start(store)
    again = await store.write(confirm, visitor=SARI, broadcast_id=broadcast_id, progress_message_id=99)
    assert again is not None
    assert (again.broadcast.state, again.broadcast.progress_message_id) == (RUNNING, 5)


async def test_the_message_can_be_edited_until_it_is_confirmed(store: Store) -> None:
    """Its new form is what is sent; another message is not, and neither is an edit that comes after the tap."""
    broadcast_id = await write_draft(store)
    edited = await store.write(keep, visitor=SARI, written=write_text("Fresher bread"), shown=[])
    assert edited is not None
    assert (edited.broadcast.id, say(edited)) == (broadcast_id, "Fresher bread")
    assert await store.write(keep, visitor=SARI, written=write_text(message_id=8), shown=[]) is None
    await store.write(confirm, visitor=SARI, broadcast_id=broadcast_id, progress_message_id=1)
    assert await store.write(keep, visitor=SARI, written=write_text(message_id=7), shown=[]) is None
    assert say(await view(store, broadcast_id)) == "Fresher bread"


async def test_a_new_message_drops_the_one_before(store: Store) -> None:
    """Only the last one waits; a cancelled draft is never started."""
    first = await write_draft(store)
    await store.write(compose, visitor=SARI)
    late = await store.write(confirm, visitor=SARI, broadcast_id=first, progress_message_id=1)
    assert late is not None
    assert late.broadcast.state is BroadcastState.CANCELLED
    await store.write(abandon, visitor=SARI)
    assert await store.read(find_conversation, visitor=SARI) is None


async def test_whoever_may_not_write_to_all_cannot(store: Store) -> None:
    """Asked again in every service: a role that ended leaves its buttons behind."""
    broadcast_id = await start(store)
    await store.write(roles.set, SARI.telegram_id, Role.STAFF)
    for service in (pause, resume, cancel, view_broadcast, list_unknown):
        with pytest.raises(NotAllowed):
            await store.write(service, visitor=SARI, broadcast_id=broadcast_id)
    for begin_anew in (compose, abandon, count):
        with pytest.raises(NotAllowed):
            await store.write(begin_anew, visitor=SARI)
    with pytest.raises(NotAllowed):
        await store.write(keep, visitor=SARI, written=write_text(message_id=7), shown=[])
    with pytest.raises(NotAllowed):
        await store.write(confirm, visitor=SARI, broadcast_id=broadcast_id, progress_message_id=1)


async def test_writing_anew_leaves_what_is_under_way(store: Store) -> None:
    """A running broadcast is not dropped by the next one."""
    broadcast_id = await start(store)
    await store.write(compose, visitor=SARI)
    assert (await view(store, broadcast_id)).broadcast.state is RUNNING


async def test_only_the_author_can_move_it(store: Store) -> None:
    """Another admin's made-up button finds nothing, and neither does one of no broadcast at all."""
    broadcast_id = await start(store)
    await appoint(store, TONO)
    for service in (pause, resume, cancel, view_broadcast, list_unknown):
        assert await store.write(service, visitor=TONO, broadcast_id=broadcast_id) is None
        assert await store.write(service, visitor=SARI, broadcast_id=BroadcastId(99)) is None
    assert await store.write(keep, visitor=TONO, written=write_text(message_id=7), shown=[]) is None
    assert (await view(store, broadcast_id)).broadcast.state is RUNNING


async def test_a_paused_broadcast_is_not_claimed_from(store: Store) -> None:
    """Pause, resume and cancel decide whether anybody is written to."""
    broadcast_id = await start(store)
    await store.write(pause, visitor=SARI, broadcast_id=broadcast_id)
    assert not (await store.write(proceed, limit=2)).claims
    await store.write(resume, visitor=SARI, broadcast_id=broadcast_id)
    (claim,) = (await store.write(proceed, limit=2)).claims
    assert (claim.broadcast.content, len(claim.recipients)) == (CONTENT, 2)
    await store.write(cancel, visitor=SARI, broadcast_id=broadcast_id)
    assert not (await store.write(proceed, limit=2)).claims
    await store.write(resume, visitor=SARI, broadcast_id=broadcast_id)
    assert (await view(store, broadcast_id)).broadcast.state is BroadcastState.CANCELLED


async def test_outcomes_and_the_next_claim_are_one_write(store: Store) -> None:
    """Settled, claimed, finished; nobody is claimed twice, and it is not done while somebody is being written to."""
    broadcast_id = await start(store, members=4)
    (first,) = (await store.write(proceed, limit=3)).claims
    outcomes = [end(broadcast_id, each.person_id) for each in first.recipients]
    (second,) = (await store.write(proceed, outcomes=outcomes[:2], limit=5)).claims
    assert {each.person_id for each in first.recipients}.isdisjoint(each.person_id for each in second.recipients)
    assert len(first.recipients) + len(second.recipients) == 5
    assert not (await store.write(proceed, outcomes=outcomes[2:], limit=5)).finished
    rest = [end(broadcast_id, each.person_id) for each in second.recipients]
    assert (await store.write(proceed, outcomes=rest, limit=5)).finished == [broadcast_id]
    done = await view(store, broadcast_id)
    assert (done.broadcast.state, done.counts) == (BroadcastState.DONE, {SENT: 5})


async def test_without_room_nothing_is_claimed_or_finished(store: Store) -> None:
    """With a limit of 0 only the outcomes are written down."""
    broadcast_id = await start(store, members=0)
    (claim,) = (await store.write(proceed, limit=9)).claims
    step = await store.write(proceed, outcomes=[end(broadcast_id, claim.recipients[0].person_id)], limit=0)
    assert (step.claims, step.finished) == ([], [])
    assert (await store.write(proceed, limit=1)).finished == [broadcast_id]


async def test_a_claim_takes_from_the_next_broadcast_what_the_oldest_lacks(store: Store) -> None:
    """The oldest is emptied first."""
    first = await start(store, members=2)
    second = await write_draft(store)
    await store.write(confirm, visitor=SARI, broadcast_id=second, progress_message_id=6)
    claims = (await store.write(proceed, limit=4)).claims
    assert [(claim.broadcast.id, len(claim.recipients)) for claim in claims] == [(first, 3), (second, 1)]


async def test_what_is_paid_for_has_room_of_its_own(store: Store) -> None:
    """Neither takes what the other has; where there is no room, nobody of its kind is claimed, and the rest goes on."""
    first = await start(store, members=2)
    others: list[BroadcastId] = []
    for is_paid in (True, False):
        others.append(await write_draft(store))
        await store.write(
            partial(broadcasts.set_plan, broadcast_id=others[-1], news=News.OFFERS, timing=None, paid=is_paid)
        )
        await store.write(confirm, visitor=SARI, broadcast_id=others[-1], progress_message_id=6)
    paid, last = others

    async def claim(limit: int, paid_limit: int = 0) -> tuple[dict[BroadcastId, int], set[bool]]:
        step = await store.write(proceed, limit=limit, paid_limit=paid_limit, run="one")
        return {each.broadcast.id: len(each.recipients) for each in step.claims if each.recipients}, step.more

    assert await claim(1, 1) == ({first: 1, paid: 1}, {False, True})
    assert await claim(0, 1) == ({paid: 1}, {True})
    assert await claim(1) == ({first: 1}, {False})
    assert {(await store.read(broadcasts.get, each)).claimed_by for each in (first, paid)} == {"one"}
    assert (await store.read(broadcasts.get, last)).claimed_by != "one"
    assert await claim(3, 9) == ({first: 1, paid: 1, last: 2}, {False})
    assert await claim(9, 9) == ({last: 1}, set())


async def test_an_album_takes_the_room_of_its_messages(store: Store) -> None:
    """Of each part and of what stands below it; whoever has the room for one message has it for one reader."""
    first = await start(store, members=4)
    item = {"kind": "photo", "file_id": "f"}
    await store.write(broadcasts.set_content, first, {"versions": {"": {"kind": "album", "items": [item, item]}}})
    second = await write_draft(store)
    await store.write(confirm, visitor=SARI, broadcast_id=second, progress_message_id=6)
    for limit, claimed, weights in ((7, {first: 2}, [3]), (2, {first: 1}, [3]), (9, {first: 2, second: 3}, [3, 1])):
        claims = (await store.write(proceed, limit=limit)).claims[: len(claimed)]
        assert {each.broadcast.id: len(each.recipients) for each in claims if each.recipients} == claimed, limit
        assert [each.weight for each in claims] == weights
        assert {each.counted_id for each in claims} == set(claimed)


async def test_who_has_blocked_the_bot_is_marked_with_the_outcome(store: Store) -> None:
    """The person and the delivery, both or neither."""
    broadcast_id = await start(store)
    (claim,) = (await store.write(proceed, limit=1)).claims
    person_id = claim.recipients[0].person_id
    await store.write(proceed, outcomes=[end(broadcast_id, person_id, DeliveryState.BLOCKED)], limit=0)
    assert (await store.read(people.get, person_id)).blocked_at is not None
    assert (await view(store, broadcast_id)).counts[DeliveryState.BLOCKED] == 1


async def test_what_nobody_holds_is_queued_again(store: Store) -> None:
    """After a commit in doubt only what is held stays claimed."""
    broadcast_id = await start(store)
    (claim,) = (await store.write(proceed, limit=3)).claims
    held, *_ = claim.recipients
    await store.write(requeue_strays, held={(broadcast_id, held.person_id)})
    sending = await store.read(deliveries.list_in_state, broadcast_id, DeliveryState.SENDING, 9)
    assert sending == [held]


async def test_a_broadcast_that_cannot_go_on_is_paused(store: Store) -> None:
    """In the same write as the outcomes that showed it."""
    broadcast_id = await start(store)
    step = await store.write(proceed, limit=3, paused=[broadcast_id])
    assert not step.claims
    assert (await view(store, broadcast_id)).broadcast.state is BroadcastState.PAUSED


async def test_a_new_process_knows_what_is_in_doubt_and_what_is_shown(store: Store) -> None:
    """What was being sent is unknown and listed; the progress is shown until it is forgotten."""
    broadcast_id = await start(store)
    (claim,) = (await store.write(proceed, limit=2)).claims
    assert await store.write(begin) == [broadcast_id]
    listed = await store.read(list_unknown, visitor=SARI, broadcast_id=broadcast_id)
    assert listed is not None
    assert listed[1] == list(claim.recipients)
    shown = await store.read(view_progress, broadcast_id=broadcast_id)
    assert shown == listed[0]
    await store.write(forget_progress, broadcast_id=broadcast_id)
    assert await store.read(view_progress, broadcast_id=broadcast_id) is None
    assert await store.write(begin) == []


async def test_of_whom_the_former_run_knew_nobody_is_in_doubt(store: Store) -> None:
    """Who was written to is done, whose message had not left is queued again, and only the rest is unknown."""
    broadcast_id = await start(store)
    (claim,) = (await store.write(proceed, limit=3, run="one")).claims
    done, left, kept = (each.person_id for each in claim.recipients)
    former = FormerRun(run="one", left={(broadcast_id, left)}, answered={(broadcast_id, done): 70})
    await store.write(begin, former=former)
    (again,) = (await store.write(proceed, limit=9, run="two")).claims
    assert kept in {each.person_id for each in again.recipients}
    assert not {done, left} & {each.person_id for each in again.recipients}
    counts = (await view(store, broadcast_id)).counts
    assert (counts[DeliveryState.SENT], counts[DeliveryState.UNKNOWN]) == (1, 1)


async def test_what_another_run_knew_is_not_believed(store: Store) -> None:
    """It is unknown, as where nothing was left behind."""
    broadcast_id = await start(store)
    await store.write(proceed, limit=1, run="one")
    await store.write(begin, former=FormerRun(run="other"))
    assert (await view(store, broadcast_id)).counts[DeliveryState.UNKNOWN] == 1


async def test_an_unknown_recipient_is_never_claimed_again(store: Store) -> None:
    """Neither by requeueing nor by claiming."""
    broadcast_id = await start(store, members=1)
    (claim,) = (await store.write(proceed, limit=1)).claims
    await store.write(begin)

    def insist(tx: Tx) -> None:
        deliveries.requeue(tx, broadcast_id, [claim.recipients[0].person_id])
        broadcasts.set_state(tx, broadcast_id, RUNNING, expected=[RUNNING])

    await store.write(insist)
    (rest,) = (await store.write(proceed, limit=9)).claims
    assert claim.recipients[0] not in rest.recipients
    assert (await view(store, broadcast_id)).counts[DeliveryState.UNKNOWN] == 1


async def test_stopping_the_dialogue_drops_what_was_written_in_it(store: Store) -> None:
    """And ends it; what is under way already is not stopped by it."""
    under_way = await start(store)
    drafted = await write_draft(store)
    asked = await store.read(find_conversation, visitor=SARI)
    assert asked is not None
    assert (asked.step, asked.data["broadcast_id"], asked.data["message_ids"]) == ("confirm", drafted, {"7": ""})
    await store.write(abandon, visitor=SARI)
    assert (await view(store, drafted)).broadcast.state is BroadcastState.CANCELLED
    assert (await view(store, under_way)).broadcast.state is RUNNING
    assert await store.read(find_conversation, visitor=SARI) is None


async def test_cancelling_ends_the_dialogue_about_that_broadcast_alone(store: Store) -> None:
    """An old button leaves what is being written now."""
    under_way = await start(store)
    drafted = await write_draft(store)
    await store.write(cancel, visitor=SARI, broadcast_id=under_way)
    assert await store.read(find_conversation, visitor=SARI) is not None
    await store.write(cancel, visitor=SARI, broadcast_id=drafted)
    assert await store.read(find_conversation, visitor=SARI) is None


async def test_who_has_blocked_the_bot_is_not_promised_a_message(store: Store) -> None:
    """Before the tap the view counts those who would get it now."""
    members = await store.write(add_members, 3)
    await store.write(people.set_blocked, members[0].id, blocked=True)
    assert (await view(store, await write_draft(store))).total == 3


async def test_a_step_queues_again_whom_nothing_was_sent_to(store: Store) -> None:
    """Beside what it writes down of the others."""
    broadcast_id = await start(store, members=1)
    (claim,) = (await store.write(proceed, limit=2)).claims
    sent, returned = claim.recipients
    await store.write(proceed, outcomes=[end(broadcast_id, sent.person_id)], returned=[returned], limit=0)
    assert await store.read(deliveries.count_by_state, broadcast_id) == {SENT: 1, QUEUED: 1}


async def test_a_claim_goes_on_over_the_pages_of_an_audience(store: Store) -> None:
    """Those of one page and those of the next are claimed together, and never more than was asked for."""
    broadcast_id = await start(store, members=PAGE)
    (first,) = (await store.write(proceed, limit=PAGE - 1)).claims
    (last,) = (await store.write(proceed, limit=3)).claims
    assert [len(first.recipients), len(last.recipients)] == [PAGE - 1, 2]
    assert len({each.person_id for each in (*first.recipients, *last.recipients)}) == PAGE + 1
    assert last.broadcast.id == broadcast_id
    assert not (await store.write(proceed, limit=1)).claims


async def test_drafts_are_forgotten_after_their_days_and_nothing_else(store: Store, clock: Clock) -> None:
    """What was never confirmed goes; what was sent stays."""
    under_way, drafted = await start(store), await write_draft(store)
    clock.advance(UNCONFIRMED_DAYS * DAY_SECONDS)
    assert await store.write(clean_broadcasts, 10) == 0
    clock.advance(1)
    assert await store.write(clean_broadcasts, 10) == 1
    assert await store.read(broadcasts.find, drafted) is None
    assert await store.read(broadcasts.find, under_way) is not None


def test_what_could_not_be_written_down_is_written_down_first() -> None:
    """In its order, before what has come since; and nothing of it is taken for free."""

    def to(person: int, of: int = 1) -> Recipient:
        return Recipient(
            broadcast_id=BroadcastId(of), person_id=PersonId(person), telegram_id=person, code="c", language="en"
        )

    first, second = end(BroadcastId(1), PersonId(1)), end(BroadcastId(1), PersonId(2))
    now, earlier = Ends(outcomes=[second], returned=[to(4)]), Ends(outcomes=[first], returned=[to(3)])
    one, two, three = BroadcastId(1), BroadcastId(2), BroadcastId(3)
    earlier.paused.add(one)
    earlier.stopped.add(two)
    earlier.unpaid.add(three)
    now.paused.add(three)
    now.add(earlier)
    assert (now.outcomes, now.returned) == ([first, second], [to(3), to(4)])
    assert (now.paused, now.stopped, now.unpaid) == ({one, three}, {two}, {three})
    assert now.list_keys() == {(1, 1), (1, 2), (1, 3), (1, 4)}
    assert not Ends()
    for ends in (
        Ends(outcomes=[first]),
        Ends(returned=[to(1)]),
        Ends(paused={one}),
        Ends(stopped={one}),
        Ends(unpaid={one}),
    ):
        assert ends


def test_the_next_who_is_due_is_waited_for() -> None:
    """In seconds, not less than none; while nobody is, nobody is waited for."""
    step = Step(now=5_000_000)
    assert step.compute_wait() is None
    for due_at, wait in ((8_000_000, 3.0), (9_000_000, 3.0), (5_500_000, 0.5), (1_000_000, 0.0)):
        step.note_due(due_at)
        assert step.compute_wait() == wait

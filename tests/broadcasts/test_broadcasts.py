from __future__ import annotations

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bot.playground import faults
from bot.services.broadcasts.delivering import Step, _finish
from bot.wire.errors import LostAnswer
from bot.wire.gate import Gate
from storage import Store, Tx
from storage.records import BroadcastId, BroadcastState, DeliveryState
from storage.tables import broadcasts, labels, people
from tests.broadcasts.stage import ANYTHING, Stage, open_stage
from tests.storage import cast
from tests.telegram import LocalTelegram, telegram
from tests.thinning import BOTH_ENGINES

__all__ = ["telegram"]

SENT, BLOCKED, FAILED = DeliveryState.SENT, DeliveryState.BLOCKED, DeliveryState.FAILED
QUEUED, UNKNOWN = DeliveryState.QUEUED, DeliveryState.UNKNOWN


@pytest.fixture
async def stage(telegram: LocalTelegram, store: Store) -> AsyncIterator[Stage]:
    """Forty members and an open gate."""
    async with open_stage(telegram, store, 40) as opened:
        yield opened


@BOTH_ENGINES
async def test_everybody_gets_it_once_as_it_was_written(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Formatting is kept, each recipient's message is known, and the broadcast is done, which the log says as well."""
    caplog.set_level("INFO", "bot.broadcasts.worker")
    broadcast_id = await stage.confirm()
    async with stage.running() as broadcaster:
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})
    bold = ({"type": "bold", "offset": 0, "length": 5},)
    assert all(sent.message.entities == bold for sent in stage.telegram.world.journal.sent)
    assert await stage.count(broadcast_id) == {SENT: 40}
    assert (await stage.find(broadcast_id)).state is BroadcastState.DONE
    assert [each.args for each in caplog.records] == [([broadcast_id],)]


async def test_a_large_audience_is_queued_page_by_page(telegram: LocalTelegram, store: Store) -> None:
    """Beyond the first page of a thousand nobody is left out."""
    async with open_stage(telegram, store, 1010) as stage:
        broadcast_id = await stage.confirm()
        async with stage.running() as broadcaster:
            await broadcaster.settled()
        assert len(stage.received()) == 1010
        assert await stage.count(broadcast_id) == {SENT: 1010}


@BOTH_ENGINES
async def test_some_of_all_are_planned_while_the_first_are_written_to(telegram: LocalTelegram, store: Store) -> None:
    """Everybody who is meant gets it once, nobody else, also where the bot is stopped on the way."""
    async with open_stage(telegram, store, 700) as stage:
        meant = stage.ids[::7]

        def call(tx: Tx, of: BroadcastId) -> None:
            for each in meant:
                labels.add(tx, each, "vip")
            broadcasts.set_segment(tx, of, "label:vip")

        broadcast_id = await stage.confirm()
        await store.write(call, broadcast_id)
        async with stage.running():
            await stage.telegram.until(stage.received, what="the first message")
        async with stage.running() as broadcaster:
            await broadcaster.settled()
        assert stage.received() == Counter({guest.id: 1 for guest in stage.guests[::7]})
        assert await stage.count(broadcast_id) == {SENT: len(meant)}
        assert (await stage.find(broadcast_id)).state is BroadcastState.DONE


@BOTH_ENGINES
async def test_who_does_not_want_the_bot_is_known_from_then_on(stage: Stage) -> None:
    """403 settles as blocked and marks the person, so that the next broadcast leaves them out."""
    stage.telegram.world.block(stage.guests[3])
    stage.chat(4).started = False
    first = await stage.confirm()
    async with stage.running() as broadcaster:
        await broadcaster.settled()
        assert await stage.list_in(first, BLOCKED) == {stage.guests[3].id, stage.guests[4].id}
        blocked = await stage.store.read(people.get, stage.ids[3])
        assert blocked.blocked_at is not None
        second = await stage.confirm()
        await broadcaster.settled()
    assert await stage.count(second) == {SENT: 38}


async def test_who_comes_after_the_confirmation_is_left_alone(stage: Stage) -> None:
    """The audience is everybody of that moment."""
    broadcast_id = await stage.confirm()
    async with open_stage(stage.telegram, stage.store, 2), stage.running() as broadcaster:
        await broadcaster.settled()
    assert await stage.count(broadcast_id) == {SENT: 40}


@BOTH_ENGINES
async def test_every_fault_leads_to_its_state_and_nobody_gets_it_twice(stage: Stage) -> None:
    """Refusals are failed, lost answers unknown and listed; what surely was not sent is sent later."""
    orders = [
        (faults.error(400), 2),
        (faults.error(403), 5),
        (faults.drop(after_effect=False), 9),
        (faults.drop(after_effect=True), 13),
        (faults.error(500), 17),
        (faults.error(500, after_effect=True), 21),
        (faults.html_page(502), 25),
        (faults.truncated(), 28),
        (faults.not_ok(), 31),
        (faults.too_many_requests(1), 34),
        (faults.too_many_requests(None), 37),
    ]
    for fault, nth in orders:
        stage.telegram.faults.order(fault, "sendMessage", nth=nth)
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=4, rest_seconds=0.05) as broadcaster:
        await broadcaster.settled()
    received = stage.received()
    states = {state: await stage.list_in(broadcast_id, state) for state in DeliveryState}
    assert {state: len(found) for state, found in states.items() if found} == {
        SENT: 31,
        FAILED: 1,
        BLOCKED: 1,
        UNKNOWN: 7,
    }
    assert max(received.values()) == 1
    assert all(received[telegram_id] == 1 for telegram_id in states[SENT])
    assert not any(received[telegram_id] for telegram_id in states[FAILED] | states[BLOCKED])
    assert sum(received[telegram_id] for telegram_id in states[UNKNOWN]) == 4


async def test_a_flood_wait_stops_everything_until_it_is_over(stage: Stage) -> None:
    """Whoever was refused is written to afterwards; while the wait runs nobody is even claimed."""
    stage.telegram.faults.order(faults.too_many_requests(2), "sendMessage", nth=10, times=2)
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=3) as broadcaster:
        await stage.telegram.until_call("sendMessage", 11)
        await asyncio.sleep(0.3)
        assert DeliveryState.SENDING not in await stage.count(broadcast_id)
        await broadcaster.settled()
    assert await stage.count(broadcast_id) == {SENT: 40}
    calls = stage.telegram.world.journal.list_calls("sendMessage")
    refused = [call for call in calls if call.status == 429][-1]
    in_ban = [call for call in calls if refused.at < call.at < refused.at + 2_000_000]
    assert len(in_ban) <= 2, "no more than what was in flight already"


async def test_a_flood_wait_calls_back_what_waits_at_the_gate(telegram: LocalTelegram, store: Store) -> None:
    """Should the process die while the wait runs, nobody is in doubt who was not written to."""
    slow = Gate(send_rate=4, chat_rate=1, cold_seconds=0)
    async with open_stage(telegram, store, 5, gate=slow) as stage:
        telegram.faults.order(faults.too_many_requests(2), "sendMessage", times=2)
        broadcast_id = await stage.confirm()
        async with stage.running() as broadcaster:
            await telegram.until_call("sendMessage", 2)
            await asyncio.sleep(0.3)
            counts = await stage.count(broadcast_id)
            await broadcaster.settled()
        assert counts.keys() <= {QUEUED, SENT}
        assert counts[QUEUED] >= 3
        assert await stage.count(broadcast_id) == {SENT: 5}


@BOTH_ENGINES
async def test_pausing_stops_and_resuming_goes_on(stage: Stage) -> None:
    """After a pause only what was in flight arrives; after resuming everybody has it once."""
    stage.telegram.faults.latency_seconds = 0.05
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=4) as broadcaster:
        await stage.until_sent(10)
        await stage.set_state(broadcast_id, BroadcastState.PAUSED)
        await broadcaster.settled()
        counts = await stage.count(broadcast_id)
        assert counts[SENT] <= 14
        assert counts == {SENT: counts[SENT], QUEUED: 40 - counts[SENT]}
        assert sum(stage.received().values()) == counts[SENT]
        await stage.set_state(broadcast_id, BroadcastState.RUNNING)
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})
    assert (await stage.find(broadcast_id)).state is BroadcastState.DONE


class MeddledStore(Store):
    """A store in which a broadcast is paused in the moment between a claim's commit and its answer."""

    def __init__(self, stage: Stage, broadcast_id: BroadcastId) -> None:
        super().__init__(stage.store._engine, stage.store._listeners)
        self._broadcast_id = broadcast_id
        self.claimed = 0

    async def write(self, unit: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        """Pause behind the first claim."""
        result = await super().write(unit, *args, **kwargs)  # type: ignore[arg-type, var-annotated]
        if isinstance(result, Step) and result.claims and not self.claimed:
            self.claimed = sum(len(claim.recipients) for claim in result.claims)
            await super().write(broadcasts.set_state, self._broadcast_id, BroadcastState.PAUSED, expected=ANYTHING)
        return result


async def test_a_pause_between_claim_and_launch_is_kept_to(stage: Stage) -> None:
    """Nobody who was claimed when the pause came is written to; all go back to the queue and get it once it goes on."""
    broadcast_id = await stage.confirm()
    meddled = stage.store = MeddledStore(stage, broadcast_id)
    async with stage.running(most_in_flight=8) as broadcaster:
        async with asyncio.timeout(60):
            while not meddled.claimed or await stage.count(broadcast_id) != {QUEUED: 40}:  # noqa: ASYNC110 -- a table tells nobody
                await asyncio.sleep(0.01)
        assert not stage.received()
        await stage.set_state(broadcast_id, BroadcastState.RUNNING)
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})


async def test_cancelling_is_for_good(stage: Stage) -> None:
    """The rest stays unsent, and another start changes nothing about that."""
    stage.telegram.faults.latency_seconds = 0.05
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=4) as broadcaster:
        await stage.until_sent(10)
        await stage.set_state(broadcast_id, BroadcastState.CANCELLED)
        await broadcaster.settled()
    before = await stage.count(broadcast_id)
    async with stage.running() as broadcaster:
        await broadcaster.settled()
    assert await stage.count(broadcast_id) == before
    assert before[SENT] + before[QUEUED] == 40
    assert before[SENT] <= 14


async def test_what_waits_at_the_gate_is_called_back_by_a_pause(telegram: LocalTelegram, store: Store) -> None:
    """A slow gate holds claimed recipients; a pause gives them back unsent."""
    slow = Gate(send_rate=2, chat_rate=1, cold_seconds=0)
    async with open_stage(telegram, store, 12, gate=slow) as stage:
        broadcast_id = await stage.confirm()
        async with stage.running() as broadcaster:
            await stage.until_sent(2)
            await stage.set_state(broadcast_id, BroadcastState.PAUSED)
            await broadcaster.settled()
            counts = await stage.count(broadcast_id)
        assert counts == {SENT: 2, QUEUED: 10}


@BOTH_ENGINES
async def test_the_oldest_broadcast_goes_first(stage: Stage) -> None:
    """A second one begins when the first has nobody left to claim; both reach everybody."""
    await stage.confirm({"text": "first"})
    await stage.confirm({"text": "second"})
    async with stage.running(most_in_flight=5) as broadcaster:
        await broadcaster.settled()
    order = [sent.message.text for sent in stage.telegram.world.journal.sent]
    assert order.index("second") >= 40 - 5
    for text in ("first", "second"):
        assert stage.received(text) == Counter({guest.id: 1 for guest in stage.guests})


@BOTH_ENGINES
async def test_what_a_dead_process_was_sending_is_unknown(stage: Stage) -> None:
    """Claimed recipients found at the start are listed, not written to again; the others get it."""
    broadcast_id = await stage.confirm()
    await stage.store.write(cast.fill, broadcast_id, limit=100)
    claimed = await stage.store.write(cast.claim, broadcast_id, 6)
    async with stage.running() as broadcaster:
        await broadcaster.settled()
    assert await stage.list_in(broadcast_id, UNKNOWN) == {each.telegram_id for each in claimed}
    assert await stage.count(broadcast_id) == {SENT: 34, UNKNOWN: 6}
    assert stage.received().keys().isdisjoint(each.telegram_id for each in claimed)


async def test_a_stop_loses_nothing_and_the_next_start_goes_on(stage: Stage) -> None:
    """What is in flight arrives and is written down; the rest goes out after the next start."""
    stage.telegram.faults.latency_seconds = 0.1
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=4):
        await stage.until_sent(6)
    counts = await stage.count(broadcast_id)
    assert counts[SENT] == sum(stage.received().values())
    assert counts == {SENT: counts[SENT], QUEUED: 40 - counts[SENT]}
    stage.telegram.faults.latency_seconds = 0
    async with stage.running() as broadcaster:
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})


async def test_a_stop_does_not_wait_for_a_server_that_hangs(stage: Stage) -> None:
    """What has no answer by then is unknown; what never left the gate is not."""
    stage.telegram.faults.order(faults.hang(), "sendMessage", times=-1)
    broadcast_id = await stage.confirm()
    broadcaster = stage.make_broadcaster(most_in_flight=3)
    broadcaster.start()
    await stage.telegram.until(lambda: stage.telegram.world.journal.counts["sendMessage"] == 3)
    async with asyncio.timeout(60):
        await broadcaster.stop(limit_seconds=0.2)
    assert await stage.count(broadcast_id) == {UNKNOWN: 3, QUEUED: 37}


async def test_a_broken_connection_does_not_eat_the_audience(stage: Stage) -> None:
    """After a few lost answers in a row one recipient at a time is tried, ever more rarely; then it goes on."""
    stage.telegram.faults.order(faults.drop(after_effect=False), "sendMessage", nth=11, times=-1)
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=4, rest_seconds=0.2) as broadcaster:
        await stage.telegram.until(lambda: stage.telegram.world.journal.counts["sendMessage"] >= 10)
        began = time.monotonic()
        await asyncio.sleep(0.7)
        stage.telegram.faults.clear()
        # On a machine of any pace: each rest is twice as long as the one before.
        rests = math.log2((time.monotonic() - began) / 0.2 + 1)
        await broadcaster.settled()
    counts = await stage.count(broadcast_id)
    assert counts[SENT] + counts[UNKNOWN] == 40
    # What was under way as the first was lost, and as the last good answer came, and one after each rest.
    assert counts[UNKNOWN] <= 2 * 4 + rests


async def test_a_refused_token_pauses_the_broadcast(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody counts as failed; the admin resumes when the token is right again."""
    stage.telegram.faults.order(faults.error(401), "sendMessage", nth=5, times=-1)
    broadcast_id = await stage.confirm()
    async with stage.running(most_in_flight=2) as broadcaster:
        await broadcaster.settled()
        assert (await stage.find(broadcast_id)).state is BroadcastState.PAUSED
        assert await stage.count(broadcast_id) == {SENT: 4, QUEUED: 36}
        assert {each.args for each in caplog.records if each.levelname == "ERROR"} == {(broadcast_id,)}
        stage.telegram.faults.clear()
        await stage.set_state(broadcast_id, BroadcastState.RUNNING)
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})


async def test_every_message_passes_the_gate(telegram: LocalTelegram, store: Store) -> None:
    """Its pace holds as the server sees it, however slow the server and busy the machine."""
    async with open_stage(telegram, store, 36, gate=Gate(send_rate=15, chat_rate=1, cold_seconds=0)) as stage:
        telegram.faults.latency_seconds = 0.08
        await stage.confirm()
        async with stage.running() as broadcaster:
            await broadcaster.settled()
        assert telegram.world.journal.busiest_second <= 15
        assert len(stage.received()) == 36


class DoubtfulStore(Store):
    """A store whose commits take place, but sometimes nobody hears of it."""

    def __init__(self, store: Store) -> None:
        super().__init__(store._engine, store._listeners)
        self.writes = 0

    async def write(self, unit: object, /, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        """Every third answer gets lost."""
        result = await super().write(unit, *args, **kwargs)  # type: ignore[arg-type, var-annotated]
        self.writes += 1
        if self.writes % 3 == 0:
            raise ConnectionError("The answer to the commit was lost")
        return result


async def test_a_commit_in_doubt_neither_doubles_nor_loses_anybody(stage: Stage) -> None:
    """Claims that took place unheard are given back; outcomes are written down again."""
    broadcast_id = await stage.confirm()
    stage.store = DoubtfulStore(stage.store)
    async with stage.running(most_in_flight=8, store_retry_seconds=0.01) as broadcaster:
        await broadcaster.settled()
    assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})
    assert await stage.count(broadcast_id) == {SENT: 40}


async def test_the_progress_is_edited_in_place(stage: Stage) -> None:
    """One message counts up with time left and buttons, and ends without them."""
    progress = await stage.post_progress()
    stage.telegram.faults.latency_seconds = 0.05
    broadcast_id = await stage.confirm(message_id=progress.id)
    seen: list[tuple[str, int]] = []
    stage.telegram.world.listen(
        lambda event: (
            seen.append((event.message.text, len(event.message.buttons)))
            if event.kind == "edited" and event.message
            else None
        )
    )
    async with stage.running(most_in_flight=2, progress_seconds=0.1) as broadcaster:
        await broadcaster.settled()
        await stage.until_told(broadcast_id)
    counted = [int(found[1]) for text, _ in seen if (found := re.search(r"Sent: (\d+) of 40", text))]
    assert counted == sorted(counted)
    assert len(set(counted)) > 3
    assert counted[-1] == 40
    assert any("Time left: less than a minute" in text for text, _ in seen)
    assert seen[0][1] in {2, 4}, "pause and cancel; edit and delete as well where somebody has it by then"
    assert seen[-1][1] == 2, "edit and delete"
    assert stage.received("…") == Counter({stage.admin.id: 1}), "no second message"


async def test_a_deleted_progress_message_is_not_missed(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    """Sending goes on, and nobody tries to edit it for ever; the log says of which broadcast, and why."""
    progress = await stage.post_progress()
    stage.chat(0).messages.pop(progress.id)
    stage.telegram.faults.latency_seconds = 0.05
    broadcast_id = await stage.confirm(message_id=progress.id)
    async with stage.running(most_in_flight=2, progress_seconds=0.1) as broadcaster:
        await broadcaster.settled()
    assert len(stage.received()) == 40
    assert stage.telegram.world.journal.counts["editMessageText"] == 1
    assert [each.args for each in caplog.records] == [(broadcast_id, "refused", "Message to edit not found")]
    assert (await stage.find(broadcast_id)).progress_message_id is None


async def test_an_end_that_nobody_told_is_told_after_the_next_start(stage: Stage) -> None:
    """Killed between the last recipient and the last edit, the bot still says that it is done."""
    progress = await stage.post_progress()
    broadcast_id = await stage.confirm(message_id=progress.id)
    await stage.set_state(broadcast_id, BroadcastState.DONE)
    async with stage.running(progress_seconds=0.05):
        await stage.telegram.until(lambda: "Done" in stage.chat(0).messages[progress.id].text)


async def test_a_hanging_edit_holds_nobody_up(stage: Stage) -> None:
    """Progress is told beside the sending; where telling it takes for ever, everybody still gets the message."""
    progress = await stage.post_progress()
    stage.telegram.faults.order(faults.hang(), "editMessageText", times=-1)
    stage.telegram.faults.latency_seconds = 0.02
    broadcast_id = await stage.confirm(message_id=progress.id)
    async with stage.running(most_in_flight=2, progress_seconds=0.05) as broadcaster:
        await asyncio.wait_for(broadcaster.settled(), 60)
        (edit,) = stage.telegram.world.journal.list_calls("editMessageText")
        assert not edit.status, "it hangs no more"
    assert await stage.count(broadcast_id) == {SENT: 40}


async def test_only_an_object_is_an_answer(stage: Stage) -> None:
    """A method that returns something else was not meant; whether it did anything is unknown."""
    with pytest.raises(LostAnswer):
        await stage.bot.post_raw("sendChatAction", {"chat_id": stage.admin.id, "action": "typing"})


async def test_nobody_is_claimed_before_the_message_can_leave(telegram: LocalTelegram, store: Store) -> None:
    """In the silent second after a start a kill leaves nobody in doubt."""
    silent = Gate(send_rate=1000, chat_rate=1000, cold_seconds=3600)
    async with open_stage(telegram, store, 40, gate=silent) as stage:
        broadcast_id = await stage.confirm()
        async with stage.running():
            for _ in range(30):
                assert set(await stage.count(broadcast_id)) <= {QUEUED}
                await asyncio.sleep(0.01)
        assert not stage.received()


async def test_no_more_are_claimed_than_leave(telegram: LocalTelegram, store: Store) -> None:
    """While everybody is being written to, the table shows as many in doubt as are on their way."""
    slow = Gate(send_rate=40, chat_rate=1000, cold_seconds=0)
    telegram.faults.order(faults.hang(), "sendMessage", times=-1)
    async with open_stage(telegram, store, 40, gate=slow) as stage:
        broadcast_id = await stage.confirm()
        async with stage.running():
            for _ in range(30):
                claimed = len(await stage.list_in(broadcast_id, DeliveryState.SENDING))
                asked = stage.telegram.world.journal.counts["sendMessage"]
                assert claimed <= asked + slow.in_flight_limit // 2
                await asyncio.sleep(0.01)


async def test_who_is_passed_over_is_not_forgotten(telegram: LocalTelegram, store: Store) -> None:
    """A broadcast is done only when nobody is queued any more: a row that was locked for a moment is taken later."""
    async with open_stage(telegram, store, 3) as stage:
        broadcast_id = await stage.confirm()

        def pass_over(tx: Tx) -> bool:
            cast.fill(tx, broadcast_id, limit=10)
            return _finish(tx, broadcasts.get(tx, broadcast_id))

        assert not await store.write(pass_over)
        assert (await stage.find(broadcast_id)).state is BroadcastState.RUNNING


async def test_a_full_gate_holds_the_audience_up_no_longer_than_it_is_full(
    telegram: LocalTelegram, store: Store
) -> None:
    """All the room is taken by answers when a broadcast is confirmed, and the ends of those wake nobody."""
    narrow = Gate(send_rate=20, chat_rate=1000, cold_seconds=0)
    async with open_stage(telegram, store, 6, gate=narrow) as stage, stage.running() as broadcaster:
        await broadcaster.settled()
        telegram.faults.order(faults.delay(0.3), "sendMessage", times=narrow.in_flight_limit)
        answer = {"chat_id": stage.admin.id, "text": "busy"}
        answers = [
            asyncio.create_task(stage.bot.post_raw("sendMessage", answer)) for _ in range(narrow.in_flight_limit)
        ]
        await telegram.until_call("sendMessage", narrow.in_flight_limit)
        await stage.confirm()
        await asyncio.gather(*answers)
        await telegram.until(lambda: stage.received().total() == len(stage.guests), what="the whole audience")

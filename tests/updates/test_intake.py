from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web
from sqlalchemy import func, select
from telegram import Update
from telegram.ext import InlineQueryHandler, MessageHandler, TypeHandler, filters

from bot import runtime
from bot.updates.application import PassalongApplication
from bot.updates.dispatch import Dispatch
from bot.updates.intake import AT_ONCE, BackOff, Conflicts, Intake, OtherPoller, PollerStuck, TokenRefused
from bot.updates.raw_updates import RawUpdate
from bot.updates.vitals import Senses
from bot.updates.webhook import Webhook
from bot.wire.errors import Failure, FailureKind
from storage import Store, Tx
from storage.errors import CommitUnknown
from storage.records import Seq
from storage.schema.messages import inbox as inbox_table
from storage.tables import inbox
from tests.logged import list_values
from tests.thinning import BOTH_ENGINES
from tests.wire.server import (
    TOKEN,
    Call,
    Server,
    give_until_confirmed,
    make_inline,
    make_update,
    refuse,
    succeed,
    until,
)
from tests.wire.test_holding import Lease

Application = PassalongApplication[dict[str, Any]]


class BotData:
    """An intake with its dispatch, and what they handled."""

    def __init__(self, application: Application, **settings: Any) -> None:
        self.handled: list[int] = []
        application.add_handler(InlineQueryHandler(self._note))
        application.add_handler(TypeHandler(Update, self._note))
        self.dispatch = Dispatch(application)
        self.intake = Intake(
            bot=application.bot,
            store=application.bot_data.store,
            dispatch=self.dispatch,
            allowed_updates=["message", "inline_query", "chat_member"],
            **{"poll_seconds": 1, "retry_seconds": 0.02, "quiet_seconds": 0.0, **settings},
        )

    async def _note(self, update: Update, _context: object) -> None:
        self.handled.append(update.update_id)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Poll in the background."""
        self.dispatch.start()
        task = asyncio.create_task(self.intake.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self.dispatch.stop(1)

    async def run_until_it_leaves(self) -> None:
        """Poll until an error."""
        self.dispatch.start()
        try:
            async with asyncio.timeout(60):
                await self.intake.run()
        finally:
            await self.dispatch.stop(1)


def list_offsets(server: Server) -> list[str | None]:
    """The offsets of all polls so far."""
    return [call.data.get("offset") for call in server.list_calls("getUpdates")]


async def test_updates_are_stored_before_they_are_confirmed(server: Server, application: Application) -> None:
    """When the next offset arrives, the batch before it lies in the inbox."""
    store, seen = application.bot_data.store, list[int]()

    give = give_until_confirmed(make_update(6, 1), make_update(7, 2))

    async def serve(call: Call) -> web.StreamResponse:
        if call.data.get("offset") == "8" and not seen:
            seen.append(await store.write(_count_rows))
        return await give(call)

    server.replies["getUpdates"] = serve
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: seen and len(bot_data.handled) == 2)
    assert seen == [2]
    assert sorted(bot_data.handled) == [6, 7]
    assert server.list_calls("getUpdates")[0].data["allowed_updates"] == '["message", "inline_query", "chat_member"]'


def _count_rows(tx: Tx) -> int:
    """Every row, whatever its state: adding the same ids again adds none."""
    return 2 - len(inbox.add_batch(tx, [(6, None, b"{}"), (7, None, b"{}")]))


async def test_what_telegram_sends_again_is_handled_once(server: Server, application: Application) -> None:
    """The update id tells a repetition, in one batch or in two."""
    for batch in ([make_update(1, 1), make_update(1, 1)], [make_update(1, 1), make_update(2, 1)]):
        server.batches.put_nowait(list(batch))
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: 2 in bot_data.handled)
        await bot_data.dispatch.settled()
    assert bot_data.handled == [1, 2]


async def test_a_batch_is_read_in_pieces(
    server: Server, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else is due has its turn while a hundred updates are looked at, not only before and after."""
    bot_data, steps, at = BotData(application), 0, list[int]()

    async def step() -> None:
        nonlocal steps
        while True:
            steps += 1
            await asyncio.sleep(0)

    def note_wish(_update: RawUpdate) -> bool:
        at.append(steps)
        return True

    monkeypatch.setattr(bot_data.dispatch, "is_wanted", note_wish)
    server.batches.put_nowait([make_update(number, number) for number in range(1, 101)])
    stepping = asyncio.create_task(step())
    async with bot_data.run():
        await until(lambda: len(bot_data.handled) == 100)
    stepping.cancel()
    assert len(at) == 100
    assert len(set(at)) >= 100 // AT_ONCE


async def test_ids_that_restart_lower_are_followed(server: Server, application: Application) -> None:
    """After an idle week Telegram draws a new id: nothing is asked for that would hide it."""
    server.batches.put_nowait([make_update(900, 1)])
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: bot_data.handled == [900] and None in list_offsets(server)[2:])
        server.batches.put_nowait([make_update(5, 1)])
        await until(lambda: bot_data.handled == [900, 5])
        await until(lambda: "6" in list_offsets(server))
    assert list_offsets(server)[:3] == [None, "901", None]


async def test_inline_queries_skip_the_inbox(server: Server, application: Application) -> None:
    """They are answered though nothing of them is kept."""
    server.batches.put_nowait([make_inline(1, 5, "a"), make_update(2, 5)])
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: sorted(bot_data.handled) == [1, 2])
        await bot_data.dispatch.settled()
    new = await application.bot_data.store.write(inbox.add_batch, [(1, None, b"{}"), (2, None, b"{}")])
    assert [row.update_id for row in new] == [1]


async def test_entries_that_are_no_updates_are_left_out(
    server: Server, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """The others of the batch are handled, and the batch is confirmed; the log says which are not, as far as they have a number."""
    broken: list[object] = ["nonsense", None, {"message": {}}, {"update_id": 2, "message": 7}, {"update_id": "x"}]
    server.batches.put_nowait([make_update(1, 1), *broken, make_update(3, 1)])
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: bot_data.handled == [1, 3] and "4" in list_offsets(server))
    assert [each.args for each in caplog.records] == [(None,), (None,), (None,), (2,), (None,)]
    counted = bot_data.dispatch.metrics.read()
    assert [counted[f"updates_{end}"] for end in ("malformed", "taken", "repeated", "unwanted")] == [5, 2, 0, 0]


async def _hang(_call: Call) -> web.Response:
    await asyncio.sleep(30)
    return web.Response()


def _always(make: Callable[[], web.Response]) -> Callable[[Call], Awaitable[web.Response]]:
    async def reply(_call: Call) -> web.Response:
        return make()

    return reply


FAULTS: dict[str, Callable[[Call], Awaitable[web.Response]]] = {
    "500": _always(lambda: refuse(500, "Internal Server Error: restart")),
    "502 HTML": _always(lambda: web.Response(status=502, text="<html>", content_type="text/html")),
    "200 HTML": _always(lambda: web.Response(text="<html>", content_type="text/html")),
    "ok:false": _always(lambda: web.json_response({"ok": False})),
    "malformed": _always(lambda: web.Response(text='{"ok": true, "result": [{"update_id"')),
    "no list": _always(lambda: succeed({"update_id": 1})),
    "429": _always(lambda: refuse(429, "Too Many Requests")),
    "hang": _hang,
}


def list_gaps(server: Server) -> list[float]:
    """Seconds between polls."""
    return [b.at - a.at for a, b in pairwise(server.list_calls("getUpdates"))]


@pytest.mark.parametrize("patience_seconds", [0.1])
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_broken_server_is_outlasted(fault: str, server: Server, application: Application) -> None:
    """Whatever it answers, polls become rare, and updates are handled once it is well again."""
    server.replies["getUpdates"] = FAULTS[fault]
    bot_data = BotData(application, poll_seconds=0, retry_seconds=0.05)
    async with bot_data.run():
        await until(lambda: len(server.list_calls("getUpdates")) == 4)
        assert not [gap for gap, least in zip(list_gaps(server), (0.05, 0.1, 0.2), strict=True) if gap < 0.9 * least]
        server.replies["getUpdates"] = give_until_confirmed(make_update(1, 1))
        await until(lambda: bot_data.handled == [1])


async def test_waits_grow_and_start_anew() -> None:
    """One second, two, four, never more; a success ends it."""
    back_off = BackOff(1.0)
    assert [back_off.next() for _ in range(5)] == [1, 2, 4, 4, 4]
    back_off.reset()
    assert back_off.next() == 1


async def test_an_endlessly_empty_server_is_asked_calmly(server: Server, application: Application) -> None:
    """A server that does not hold the long poll is not asked without pause."""
    server.replies["getUpdates"] = _always(lambda: succeed([]))
    bot_data, began = BotData(application, quiet_seconds=0.1), asyncio.get_running_loop().time()
    async with bot_data.run():
        await until(lambda: len(server.list_calls("getUpdates")) == 4)
    assert [call.at - began >= 0.09 * number for number, call in enumerate(server.list_calls("getUpdates"))] == [
        True
    ] * 4


@pytest.mark.parametrize(("code", "words"), [(401, "Unauthorized"), (404, "Not Found")])
async def test_a_refused_token_ends_the_loop(code: int, words: str, server: Server, application: Application) -> None:
    """Waiting would not help; the reason is Telegram's."""
    server.replies["getUpdates"] = _always(lambda: refuse(code, words))
    with pytest.raises(TokenRefused, match=words):
        await BotData(application).run_until_it_leaves()
    assert len(server.list_calls("getUpdates")) == 1


OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def test_another_poller_ends_the_loop_after_a_while(server: Server, application: Application) -> None:
    """Two bots cannot share one token; the newcomer leaves and says why."""
    server.replies["getUpdates"] = _always(lambda: refuse(409, OTHER))
    with pytest.raises(OtherPoller, match="only one bot instance"):
        await BotData(application, conflict_seconds=0.2).run_until_it_leaves()
    assert len(server.list_calls("getUpdates")) >= 3


async def test_a_killed_predecessor_is_waited_for(server: Server, application: Application) -> None:
    """Its last poll may still be open for a moment."""
    server.batches.put_nowait([make_update(1, 1)])

    async def conflict_twice(_call: Call) -> web.Response:
        if len(server.list_calls("getUpdates")) == 2:
            del server.replies["getUpdates"]
        return refuse(409, OTHER)

    server.replies["getUpdates"] = conflict_twice
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: bot_data.handled == [1])


def test_of_two_pollers_the_newcomer_leaves() -> None:
    """Successes in between mean nothing; whoever was alone for long is more patient."""
    newcomer, settled = Conflicts(10, started=0), Conflicts(10, started=-600)
    verdicts = [(newcomer.is_hopeless(now), settled.is_hopeless(now)) for now in range(0, 40, 4)]
    assert [new for new, _ in verdicts].index(True) == 3
    assert [old for _, old in verdicts].index(True) == 8


def test_a_conflict_once_in_a_while_is_nothing() -> None:
    """Somebody who tries now and then does not end a bot that runs."""
    conflicts = Conflicts(10, started=0)
    assert not any(conflicts.is_hopeless(now) for now in range(0, 10_000, 300))


async def test_a_webhook_is_removed(server: Server, application: Application, caplog: pytest.LogCaptureFixture) -> None:
    """While one is set, Telegram gives no updates to a poller; where it does not go at once, the log says why, and it is tried again."""

    async def stumble(_call: Call) -> web.Response:
        del server.replies["deleteWebhook"]
        return refuse(500, "Internal Server Error: not now")

    async def conflict(_call: Call) -> web.Response:
        if len(server.list_calls("deleteWebhook")) == 2:
            del server.replies["getUpdates"]
        return refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")

    server.replies |= {"getUpdates": conflict, "deleteWebhook": stumble}
    server.batches.put_nowait([make_update(1, 1)])
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: bot_data.handled == [1])
    assert sum(values == ("Internal Server Error: not now",) for values in list_values(caplog)) == 1


async def test_a_silent_server_ends_the_loop(
    server: Server, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a useful answer for too long the process had better start anew; the last trouble is told, and each in the log."""
    server.replies["getUpdates"] = FAULTS["500"]
    with pytest.raises(PollerStuck, match=r"getUpdates for 60 seconds; .*restart"):
        await BotData(application, stuck_seconds=60, clock=lambda: 30 * len(server.calls)).run_until_it_leaves()
    polls = len(server.list_calls("getUpdates"))
    assert [each.args for each in caplog.records] == [("unknown", "Internal Server Error: restart")] * polls


async def test_a_hanging_poll_ends_the_loop(server: Server, application: Application) -> None:
    """The watchdog does not wait for the transport."""
    server.replies["getUpdates"] = _hang
    with pytest.raises(PollerStuck, match=r"getUpdates for 0\.2 seconds$"):
        await BotData(application, stuck_seconds=0.2, poll_seconds=5).run_until_it_leaves()


async def test_what_cannot_be_stored_is_not_confirmed(server: Server, application: Application, store: Store) -> None:
    """While the store refuses, the same batch is fetched again, calmly."""
    server.replies["getUpdates"] = _always(lambda: succeed([make_update(1, 1)]))
    bot_data = BotData(application, retry_seconds=0.1)
    async with bot_data.run():
        await until(lambda: bot_data.handled == [1])
        store.close()
        before = len(server.list_calls("getUpdates")) + 1  # one may have been on its way
        await until(lambda: len(server.list_calls("getUpdates")) >= before + 3)
    assert min(list_gaps(server)[before:]) >= 0.09
    assert set(list_offsets(server)[before:]) == {"2"}


class UnheardStore(Store):
    """A store whose first commits take place, and nobody hears of it."""

    def __init__(self, store: Store, unheard: int) -> None:
        self.__dict__.update(store.__dict__)
        self.unheard = unheard

    async def write(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, but the answer gets lost."""
        result = await super().write(unit, *args, **kwargs)
        if unit is inbox.add_batch and self.unheard:
            self.unheard -= 1
            raise CommitUnknown("The database broke off during a commit")
        return result


@BOTH_ENGINES
@pytest.mark.parametrize("unheard", [1, 3])
async def test_updates_of_a_commit_in_doubt_are_handled_once(
    unheard: int, server: Server, application: Application, store: Store
) -> None:
    """They are fetched again, lie there already, and nobody was told of them: with them those that came meanwhile."""
    batch = [make_update(1, 1), make_update(2, 2)]
    batches = [batch] * unheard + [[*batch, make_update(3, 1)], [make_update(4, 2)]]
    for each in batches:
        server.batches.put_nowait(list(each))
    application.bot_data.store = UnheardStore(store, unheard)
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: 4 in bot_data.handled)
        await bot_data.dispatch.settled()
    assert sorted(bot_data.handled) == [1, 2, 3, 4]
    assert await store.read(inbox.count_open) == 0


async def test_back_pressure_stops_the_polling(server: Server, application: Application) -> None:
    """While handlers cannot keep up, updates stay with Telegram."""
    bot_data = BotData(application)
    bot_data.dispatch = bot_data.intake._dispatch = Dispatch(application, parallel=1, capacity=2)
    release = asyncio.Event()

    async def wait(_update: Update, _context: object) -> None:
        await release.wait()

    application.add_handler(TypeHandler(Update, wait), group=-1)
    async with bot_data.run():
        await bot_data.dispatch.settled()  # what is read at the start takes in more
        for number in range(10):
            server.batches.put_nowait([make_update(number, number + 1)])
        await until(lambda: server.batches.qsize() <= 7)
        await asyncio.sleep(0.1)  # it would go on asking
        assert server.batches.qsize() == 7, "one is handled, two wait"
        release.set()
        await until(lambda: len(bot_data.handled) == 10)
    rows = await application.bot_data.store.read(inbox.list_open, after=Seq(0), limit=10)
    assert not rows


def _chat_in_group(update_id: int) -> dict[str, object]:
    group = {"id": -100, "type": "supergroup", "title": "Friends"}
    update = make_update(update_id, 77, "what we say among friends")
    return {"update_id": update_id, "message": {**_read_message(update), "chat": group}}


def _read_message(update: dict[str, object]) -> dict[str, object]:
    message = update["message"]
    assert isinstance(message, dict)
    return message


@BOTH_ENGINES
async def test_what_nobody_here_wants_is_confirmed_and_not_stored(server: Server, application: Application) -> None:
    """What people say among each other in a chat that the bot looks after never comes into the database."""
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE, _ignore))
    store = application.bot_data.store
    dispatch = Dispatch(application)
    intake = Intake(bot=application.bot, store=store, dispatch=dispatch, allowed_updates=["message"], quiet_seconds=0)
    server.batches.put_nowait([_chat_in_group(1), make_update(2, 77), _chat_in_group(3)])
    dispatch.start()
    polling = asyncio.create_task(intake.run())
    await until(lambda: "4" in list_offsets(server))
    await dispatch.settled()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await dispatch.stop(1)
    assert await store.read(lambda tx: tx.scalar(select(func.count()).select_from(inbox_table))) == 1


async def _ignore(_update: Update, _context: object) -> None: ...


async def test_a_batch_out_of_order_is_confirmed_once(server: Server, application: Application) -> None:
    """The highest id confirms all of it, and nothing is asked for again and again."""
    server.batches.put_nowait([make_update(12, 1), make_update(10, 2), make_update(11, 3)])
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: "13" in list_offsets(server))
        await bot_data.dispatch.settled()
    assert sorted(bot_data.handled) == [10, 11, 12]
    assert not {"11", "12"} & set(list_offsets(server))


async def test_a_server_that_repeats_itself_is_asked_calmly(server: Server, application: Application) -> None:
    """A batch that brings nothing new is no reason to ask again at once, whatever offset the server understands."""

    async def repeat(_call: Call) -> web.Response:
        return succeed([make_update(5, 1)])

    server.replies["getUpdates"] = repeat
    began = asyncio.get_running_loop().time()
    async with BotData(application, quiet_seconds=0.2).run():
        await until(lambda: len(server.list_calls("getUpdates")) == 5)
    _, *again = server.list_calls("getUpdates")
    assert [call.at - began >= 0.18 * number for number, call in enumerate(again)] == [True] * 4


@pytest.mark.parametrize("poison", [b"[" * 1500 + b"]" * 1500, b"7" * 5000], ids=["too deep", "too many digits"])
async def test_an_update_that_cannot_be_read_spoils_no_other(
    poison: bytes, server: Server, application: Application
) -> None:
    """It is counted and confirmed; the parser gives up at it, and not at what came with it."""
    deep = b'{"message": {"text": ' + poison + b', "update_id": 1}, "update_id": 6}'
    whole = [json.dumps(make_update(update_id, update_id, 'a "\\ [{ b')).encode() for update_id in (5, 7)]
    payload = b'{"ok": true, "result": [' + b", ".join([whole[0], deep, whole[1]]) + b"]}"
    sent: list[int] = []

    async def give(call: Call) -> web.Response:
        sent.append(1)
        body = payload if len(sent) == 1 else b'{"ok": true, "result": []}'
        return web.Response(body=body, content_type="application/json")

    server.replies["getUpdates"] = give
    bot_data = BotData(application)
    async with bot_data.run():
        await until(lambda: sorted(bot_data.handled) == [5, 7])
        await until(lambda: "8" in list_offsets(server))


async def test_waiting_for_whose_the_shop_is_is_no_silence_of_telegrams(
    server: Server, application: Application
) -> None:
    """However long it takes: nothing was asked meanwhile."""
    clock, lease = SimpleNamespace(now=50.0), Lease()
    bot_data = BotData(application, stuck_seconds=30.0, clock=lambda: clock.now)
    bot_data.intake._holder = lease
    lease.set(held=False)
    server.batches.put_nowait([make_update(1, 1)])
    async with bot_data.run():
        await bot_data.dispatch.settled()
        assert server.list_calls("getUpdates") == []
        clock.now = 150.0
        lease.set(held=True)
        await until(lambda: bot_data.handled == [1])
        assert bot_data.intake.silent_for() == 0.0
        clock.now = 157.0
        assert bot_data.intake.silent_for() == 7.0


@pytest.mark.parametrize("webhook", [False, True])
async def test_how_updates_come_is_looked_at_by_the_clock_of_the_shops_senses(
    webhook: bool, application: Application
) -> None:
    """Asked for or brought: what counts as silence is told by one clock, and what is asked for by one list."""
    clock = SimpleNamespace(now=1000.0)
    settings = SimpleNamespace(webhook=webhook, public_url="https://shop.example", shop="", bot_token=TOKEN)
    registry = SimpleNamespace(update_types=["message", "poll"])
    intake = runtime._open_intake(
        cast("Any", settings),
        cast("Any", application),
        Dispatch(application),
        cast("Any", registry),
        Senses(clock=lambda: clock.now),
    )
    clock.now += 60
    silent = intake.silent_for()
    clock.now += 7
    assert intake.silent_for() - silent == 7
    wanted = intake._wanted["allowed_updates"] if isinstance(intake, Webhook) else intake._allowed_updates
    assert list(wanted if not isinstance(wanted, str) else json.loads(wanted)) == ["message", "poll"]


async def test_a_flood_wait_of_the_polls_is_kept_to_and_is_no_silence(
    server: Server, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long Telegram wants to be left alone; after it the next poll is asked."""
    clock, rested = SimpleNamespace(now=0.0), list[float]()
    bot_data = BotData(application, stuck_seconds=30.0, clock=lambda: clock.now)

    async def rest(seconds: float) -> None:
        rested.append(seconds)
        clock.now += seconds

    monkeypatch.setattr("asyncio.sleep", rest)
    await bot_data.intake._face(Failure(kind=FailureKind.FLOOD, text="Too Many Requests", retry_after=100.0))
    assert rested == [100.0]
    assert bot_data.intake.silent_for() == 0.0
    clock.now += 7
    assert bot_data.intake.silent_for() == 7.0
    await bot_data.intake._face(Failure(kind=FailureKind.NOT_SENT, text="No connection"))
    assert (rested, bot_data.intake.silent_for()) == ([100.0], 7.0)
    assert bot_data.dispatch.metrics.read()["polls_failed"] == 2
    assert "the last trouble: No connection" in str(bot_data.intake._give_up())


async def test_what_nobody_here_wants_is_confirmed_and_forgotten(server: Server, application: Application) -> None:
    """Nothing of it is written, and it is no reason to ask more calmly than for what is wanted; entries without a number are asked for again."""
    bot_data = BotData(application)
    update = make_update(5, 1)
    pinned = {**cast("dict[str, Any]", update["message"]), "pinned_message": {}}
    brought: list[object] = [update | {"message": pinned}, make_inline(6, 1, "tea")]
    assert (await bot_data.intake._keep(brought), bot_data.intake._offset) == (2, 7)
    assert bot_data.dispatch.metrics.read()["updates_unwanted"] == 1
    assert await application.bot_data.store.read(inbox.count_open) == 0
    assert (await bot_data.intake._keep(["nonsense"]), bot_data.intake._offset) == (None, 7)
    assert await bot_data.intake._keep([make_update(8, 1), update | {"update_id": 9, "message": pinned}]) == 2
    assert await bot_data.intake._keep([make_update(8, 1)]) == 0
    counted = bot_data.dispatch.metrics.read()
    assert [counted[f"updates_{end}"] for end in ("taken", "repeated", "unwanted")] == [1, 1, 2]
    assert (await bot_data.intake._keep([]), bot_data.intake._offset) == (0, None)
    await bot_data.dispatch.stop(1)

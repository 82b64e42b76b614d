from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Update
from telegram.ext import CallbackQueryHandler, MessageHandler, TypeHandler, filters

from bot.messages.joining.refusals import say_patience
from bot.messages.texts import Texts
from bot.updates.dispatch import Dispatch
from storage import Store, StoreUnavailable, Tx
from storage.records import NoticeId
from storage.tables import outbox, people, shares
from tests.logged import list_values
from tests.thinning import BOTH_ENGINES
from tests.updates.rig import (
    Application,
    Context,
    add,
    add_member,
    count_open,
    dispatching,
    list_dead,
    parse_inline,
    share,
)
from tests.wire.server import Call, Server, make_message, make_update, refuse, succeed, until


@asynccontextmanager
async def broken_store(store: Store, application: Application) -> AsyncIterator[list[str]]:
    """A member's handler that meets a store which is away, for as long as the list it gives has something in it."""
    trouble = ["away"]

    async def handle(update: Update, context: Context) -> None:
        def unit(tx: Tx) -> None:
            people.find_by_telegram_id(tx, 1)
            if trouble:
                raise StoreUnavailable("away")

        await context.write(unit)
        assert update.effective_message
        handled.append(update.update_id)

    handled: list[int] = []
    application.bot_data.deps["handled"] = handled
    application.add_handler(TypeHandler(Update, handle))
    yield trouble


@BOTH_ENGINES
async def test_a_store_that_is_away_costs_no_attempt(store: Store, application: Application) -> None:
    """However often a unit meets it, the row waits, in its sender's order, and is done when the store is back."""
    async with broken_store(store, application) as trouble, dispatching(application, attempts=1) as dispatch:
        dispatch.take(await add(store, make_update(1, 1), make_update(2, 1), make_update(3, 2)))
        await asyncio.sleep(0.7)
        assert await count_open(store) == 3
        trouble.clear()
        await dispatch.settled()
    handled = application.bot_data.deps["handled"]
    assert sorted(handled) == [1, 2, 3]
    assert handled.index(1) < handled.index(2)
    assert await list_dead(store) == []


@pytest.mark.parametrize(
    ("refusal", "waits"),
    [
        ((429, "Too Many Requests: retry after 30"), True),
        ((400, "Bad Request: message is too long"), False),
    ],
)
async def test_a_flood_wait_costs_no_attempt(
    refusal: tuple[int, str], waits: bool, server: Server, store: Store, application: Application
) -> None:
    """Telegram says for how long: the row rests so long, others are handled, and it is not given up."""

    async def deny(call: Call) -> web.Response:
        if call.data["chat_id"] != "1":
            return succeed(make_message(call))
        return refuse(*refusal, retry_after=30) if waits else refuse(*refusal)

    async def handle(update: Update, _context: Context) -> None:
        assert update.message
        await update.message.reply_text("hello")

    server.replies["sendMessage"] = deny
    application.add_handler(MessageHandler(filters.TEXT, handle))
    async with dispatching(application, parallel=1, attempts=1) as dispatch:
        dispatch.take(await add(store, make_update(1, 1), make_update(2, 2)))
        await until(lambda: len(server.list_calls("sendMessage")) == 2)
        if not waits:
            await dispatch.settled()
    assert len(await list_dead(store)) == (0 if waits else 1)
    assert await count_open(store) == (1 if waits else 0)


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "sendDocument"])
async def test_an_answer_of_unknown_end_is_not_sent_again(
    method: str, server: Server, store: Store, application: Application
) -> None:
    """What was done at once and confirmed too late is there once, without an apology."""
    member = await add_member(store, 1)

    over = asyncio.Event()

    async def dawdle(call: Call) -> web.Response:
        await over.wait()
        return succeed(make_message(call))

    async def handle(update: Update, context: Context) -> None:
        assert update.message
        if method == "sendMessage":
            await context.bot.send_message(1, "hello", read_timeout=0.3)
        elif method == "sendPhoto":
            await context.bot.send_photo(1, "file-id", read_timeout=0.3)
        else:
            await context.bot.send_document(1, "file-id", read_timeout=0.3)

    server.replies[method] = dawdle
    application.add_handler(MessageHandler(filters.TEXT, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    over.set()
    assert len(server.list_calls(method)) == 1
    assert (await count_open(store), await list_dead(store)) == (0, [])
    assert await store.read(outbox.list_owed, after=NoticeId(0), limit=10) == []
    assert member


async def test_what_raises_outside_a_handler_is_counted_and_buried(store: Store, application: Application) -> None:
    """A filter that chokes on an update is no reason to try it for ever."""

    class Choking(filters.MessageFilter):
        def filter(self, _message: Any) -> bool:
            raise OverflowError("too large")

    async def handle(_update: Update, _context: Context) -> None: ...

    application.add_handler(MessageHandler(Choking(), handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1), make_update(2, 1)))
        await dispatch.settled()
    assert await list_dead(store) == [1, 2]


@BOTH_ENGINES
async def test_nobody_waits_behind_somebody_who_floods(store: Store, application: Application) -> None:
    """Of each sender a few rows are in memory; whoever comes later is handled in turn, before and after a restart."""
    log: list[tuple[int, int]] = []
    most = 0

    async def handle(update: Update, context: Context) -> None:
        nonlocal most
        assert update.effective_user
        log.append((update.effective_user.id, update.update_id))
        most = max(most, current[0]._queue.held)
        await asyncio.sleep(0)

    current: list[Dispatch] = []
    application.add_handler(TypeHandler(Update, handle))
    await add(store, *(make_update(i, 2 if i == 150 else 1) for i in range(601)))
    async with dispatching(application, parallel=2) as dispatch:
        current.append(dispatch)
        await until(lambda: log)
        dispatch.take(await add(store, *(make_update(i, 1) for i in range(601, 1200)), make_update(1200, 3)))
        await asyncio.wait_for(dispatch.room(), 60)
        await dispatch.settled()
    order = [sender for sender, _ in log]
    assert [update_id for sender, update_id in log if sender == 1] == [i for i in range(1200) if i != 150]
    assert order.index(2) < 100
    assert order.index(3) < 1150
    assert most <= 25


async def test_whoever_floods_is_not_answered_and_loses_nothing(
    server: Server, store: Store, application: Application
) -> None:
    """What can change something is done, once; what would only be answered is left out; others are answered."""
    member = await add_member(store, 1)

    async def handle(update: Update, context: Context) -> None:
        assert update.message
        await context.write(share, member)
        await update.message.reply_text("done")

    application.add_handler(MessageHandler(filters.TEXT, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, *(make_update(i, 1, f"say {i}") for i in range(100)), make_update(100, 2)))
        await dispatch.settled()
    assert await store.read(shares.count_all) == 101
    assert await list_dead(store) == []
    texts = sorted((str(call.data["chat_id"]), str(call.data["text"])) for call in server.list_calls("sendMessage"))
    assert [chat for chat, _ in texts] == ["1", "2"]
    assert "One at a time" in texts[0][1]
    assert texts[1] == ("2", "done")


async def test_a_tap_again_and_again_is_done_once_while_it_floods(store: Store, application: Application) -> None:
    """The same wish behind the same wish changes nothing; another one between them does."""
    seen: list[str] = []

    async def handle(update: Update, _context: Context) -> None:
        assert update.callback_query
        seen.append(update.callback_query.data or "")

    def tap(number: int, data: str) -> dict[str, Any]:
        person = {"id": 1, "is_bot": False, "first_name": "Ada"}
        return {"update_id": number, "callback_query": {"id": "9", "from": person, "chat_instance": "1", "data": data}}

    application.add_handler(CallbackQueryHandler(handle))
    taps = [tap(number, "on" if number < 60 or number > 70 else "off") for number in range(100)]
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, *taps))
        await dispatch.settled()
    assert seen == ["on", "off", "on"]
    assert await count_open(store) == 0


async def test_one_persons_inline_queries_take_one_place(store: Store, application: Application) -> None:
    """However fast somebody types, others are answered beside them, and only the last of theirs is."""
    seen: list[tuple[int, str]] = []
    release = asyncio.Event()

    async def handle(update: Update, _context: Context) -> None:
        assert update.inline_query
        seen.append((update.inline_query.from_user.id, update.inline_query.query))
        if update.inline_query.from_user.id == 1:
            await release.wait()

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application, inline_parallel=2) as dispatch:
        for number in range(500):
            dispatch.take_inline(*parse_inline((number, 1, f"{number}")))
            await asyncio.sleep(0)
        dispatch.take_inline(*parse_inline((501, 2, "hello")))
        await until(lambda: (2, "hello") in seen)
        release.set()
        await dispatch.settled()
    assert seen == [(1, "0"), (2, "hello"), (1, "499")]


async def test_a_member_who_floods_is_asked_for_patience_where_they_are(
    server: Server, store: Store, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """In their language and their topic, behind people who wait; a stranger is told nothing. Where it cannot be said, the log says why."""
    caplog.set_level("INFO", "bot.updates.dispatch")
    ada = await add_member(store, 1)
    await store.write(people.set_language, ada, "id")
    dispatch = Dispatch(application)
    for sender_id, topic_id in ((1, 5), (1, None), (99, None)):
        await dispatch._ask_for_patience(sender_id, topic_id)
    calls = [call.data for call in server.list_calls("sendMessage")]
    assert [(each["chat_id"], each.get("message_thread_id")) for each in calls] == [("1", "5"), ("1", None)]
    assert {each["text"] for each in calls} == {say_patience(Texts("id"))}

    async def deny(_call: Call) -> web.StreamResponse:
        return refuse(403, "Forbidden: bot was blocked by the user")

    server.replies["sendMessage"] = deny
    await dispatch._ask_for_patience(1, None)
    assert ["bot was blocked by the user" in said for (said,) in list_values(caplog)] == [True]

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from telegram import Update
from telegram.error import BadRequest, TimedOut
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    Defaults,
    MessageHandler,
    TypeHandler,
    filters,
)

from bot.services.members import MustWrite
from bot.updates.application import NonBlockingHandler, build_application
from bot.updates.context import AlreadyHandled, BotData
from bot.updates.dispatch import Dispatch
from bot.updates.failures import find_rest
from bot.wire.errors import Flooded, NotSent
from bot.wire.gate import Gate
from bot.wire.transport import AiohttpRequest
from storage import Store, Tx
from storage.errors import CommitUnknown, StoreUnavailable
from storage.records import NoticeId, Seq
from storage.tables import inbox, outbox, shares
from tests.logged import list_values
from tests.owed import find_member
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
    record,
    share,
)
from tests.wire.server import TOKEN, Call, Server, make_update, refuse, until


async def test_one_senders_updates_run_in_order_and_alone(store: Store, application: Application) -> None:
    """The next begins when the one before has ended, whatever else runs."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log, seconds=0.001)))
    senders = random.Random(7).choices(range(1, 9), k=120)
    async with dispatching(application) as dispatch:
        for start in range(0, 120, 30):
            dispatch.take(await add(store, *(make_update(i, senders[i]) for i in range(start, start + 30))))
        await dispatch.settled()
    by_sender: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for what, sender, update_id in log:
        by_sender[sender].append((what, update_id))
    for sender, events in by_sender.items():
        own = [i for i in range(120) if senders[i] == sender]
        assert events == [(what, i) for i in own for what in ("begin", "end")]
    assert await count_open(store) == 0


async def test_different_senders_run_side_by_side_up_to_a_bound(store: Store, application: Application) -> None:
    """As many at once as allowed, no more."""
    running, most, release = 0, 0, asyncio.Event()

    async def handle(_update: Update, _context: Context) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await release.wait()
        running -= 1

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application, parallel=5) as dispatch:
        dispatch.take(await add(store, *(make_update(i, i) for i in range(1, 20))))
        await until(lambda: running == 5)
        release.set()
        await dispatch.settled()
    assert most == 5


async def test_updates_of_nobody_wait_for_nobody(store: Store, application: Application) -> None:
    """Polls and the like have no sender to keep in order."""
    seen: list[int] = []

    async def handle(update: Update, _context: Context) -> None:
        await asyncio.sleep(0.05 if update.update_id == 1 else 0)
        seen.append(update.update_id)

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, {"update_id": 1}, {"update_id": 2}))
        await dispatch.settled()
    assert seen == [2, 1]


@BOTH_ENGINES
async def test_an_effect_and_its_row_are_one(store: Store, application: Application) -> None:
    """A service that raises leaves neither; one that succeeds leaves both, though the answer fails afterwards."""
    member = await add_member(store, 1)
    answers = iter([RuntimeError("before"), None])

    async def handle(_update: Update, context: Context) -> None:
        error = next(answers)

        def unit(tx: Tx) -> str:
            result = share(tx, member)
            if error:
                raise error
            return result

        assert await context.write(unit) == "shared"
        assert context.attempt.closed
        raise RuntimeError("after")

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert await store.read(shares.count_all) == 1
    assert (await count_open(store), await list_dead(store)) == (0, [])


@BOTH_ENGINES
async def test_an_effect_whose_end_nobody_saw_is_not_repeated(store: Store, application: Application) -> None:
    """A row that is closed already refuses the service: the effect is there, and stays single."""
    member = await add_member(store, 1)
    refused: list[Exception] = []

    async def handle(_update: Update, context: Context) -> None:
        assert context.row
        await store.write(inbox.close, context.row.seq)
        try:
            await context.write(share, member)
        except AlreadyHandled as error:
            refused.append(error)
            raise

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert len(refused) == 1
    assert await store.read(shares.count_all) == 0
    assert await list_dead(store) == []


class DoubtfulStore(Store):
    """A store in which nobody hears of the first commit of an effect, and which is away for a while after it."""

    def __init__(self, store: Store, *, counts: bool) -> None:
        self.__dict__.update(store.__dict__)
        self.counts = counts
        self.away = 3
        self.doubted = 0

    async def write(self, unit: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As ever, but for the first effect."""
        if self.doubted and self.away:
            self.away -= 1
            raise StoreUnavailable("The server is starting up")
        if unit.__name__ != "_close_and_run" or self.doubted:
            return await super().write(unit, *args, **kwargs)
        self.doubted = 1
        if self.counts:
            await super().write(unit, *args, **kwargs)
        raise CommitUnknown("The database broke off during a commit")


@BOTH_ENGINES
@pytest.mark.parametrize("counts", [True, False])
async def test_who_asked_is_answered_once_after_a_commit_in_doubt(
    counts: bool, store: Store, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """With what came of the service, whose effect is there once, whether the commit took place or not."""
    member = await add_member(store, 1)
    application.bot_data.store = DoubtfulStore(store, counts=counts)
    answers: list[str] = []

    async def handle(_update: Update, context: Context) -> None:
        answers.append(await context.write(share, member))

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        (row,) = await add(store, make_update(1, 1))
        dispatch.take([row])
        await dispatch.settled()
    assert answers == ["shared"]
    asked = [each.getMessage() for each in caplog.records if each.name == "bot.updates.context"]
    assert [(f"update {row.seq} " in said, "starting up" in said) for said in asked] == [(True, True)] * 3
    assert await store.read(shares.count_all) == 1
    assert await count_open(store) == 0


async def test_reading_that_must_write_writes(store: Store, application: Application) -> None:
    """`read` falls back to writing, and leaves the row open: the answer is still to come."""
    closed: list[bool] = []

    def meet(tx: Tx) -> str:
        if not tx.writable:
            raise MustWrite
        return "met"

    async def handle(_update: Update, context: Context) -> None:
        assert await context.read(meet) == "met"
        closed.append(context.attempt.closed)
        assert await context.read(inbox.count_open) == 1

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert closed == [False]
    assert await count_open(store) == 0


@BOTH_ENGINES
async def test_an_update_that_always_fails_is_given_up_kindly(store: Store, application: Application) -> None:
    """After three exceptions it is dead, its sender is owed a word, and the sender's next update runs."""
    member = await add_member(store, 1)
    log: list[int] = []

    async def handle(update: Update, _context: Context) -> None:
        log.append(update.update_id)
        if update.update_id in {1, 3}:
            raise ValueError("broken \x00 handler")

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1), make_update(2, 1), make_update(3, 99)))
        await dispatch.settled()
    assert [update_id for update_id in log if update_id != 3] == [1, 1, 1, 2]
    assert log.count(3) == 3
    assert await list_dead(store) == [1, 3]
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=10)
    assert [(find_member(notice), notice.kind) for notice in owed] == [(member, "sorry")]


async def test_a_failure_that_passes_costs_nothing(store: Store, application: Application) -> None:
    """An update that fails once is tried again and done."""
    log: list[int] = []

    async def handle(update: Update, _context: Context) -> None:
        log.append(update.update_id)
        if len(log) == 1:
            raise ValueError

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1), make_update(2, 1)))
        await dispatch.settled()
    assert log == [1, 1, 2]
    assert await list_dead(store) == []


async def test_after_a_failure_no_later_handler_runs(store: Store, application: Application) -> None:
    """Groups behind the failing one do not work on half an update."""
    log: list[str] = []

    async def fail(_update: Update, _context: Context) -> None:
        log.append("first")
        raise ValueError

    async def follow(_update: Update, _context: Context) -> None:
        log.append("second")

    application.add_handler(TypeHandler(Update, fail), group=0)
    application.add_handler(TypeHandler(Update, follow), group=1)
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert log == ["first"] * 3


@BOTH_ENGINES
async def test_one_poison_update_among_a_hundred(store: Store, application: Application) -> None:
    """What python-telegram-bot cannot read is buried at once; the ninety-nine others are handled."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log)))
    updates = [make_update(i, i % 7 + 1) for i in range(1, 101)]
    updates[50]["message"] = {"text": "no date, no chat", "from": {"id": 2}}
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, *updates))
        await dispatch.settled()
    assert len([event for event in log if event[0] == "end"]) == 99
    assert await list_dead(store) == [51]
    assert await count_open(store) == 0


@pytest.mark.parametrize("raw", [b"", b"null", b"[]", b"\xff", b'{"update_id": 5, "message": "text"}', b"[" * 100_000])
async def test_what_was_never_an_update_is_buried(raw: bytes, store: Store, application: Application) -> None:
    """Whatever got into the inbox cannot stop it."""
    async with dispatching(application) as dispatch:
        dispatch.take(await store.write(inbox.add_batch, [(5, 1, raw)]))
        await dispatch.settled()
    assert await list_dead(store) == [5]


async def test_an_update_without_a_handler_is_done(store: Store, application: Application) -> None:
    """Nobody wanted it, so nobody will."""
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert (await count_open(store), await list_dead(store)) == (0, [])


@BOTH_ENGINES
async def test_a_new_process_goes_on_where_the_old_one_died(store: Store, application: Application) -> None:
    """Open rows are handled once, in order, before what comes after them; closed ones are not touched."""
    rows = await add(store, *(make_update(i, i % 3 + 1) for i in range(450)))
    for row in rows[:10]:
        await store.write(inbox.close, row.seq)
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log)))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, *(make_update(i, i % 3 + 1) for i in range(450, 460))))
        await dispatch.settled()
    ends = [event for event in log if event[0] == "end"]
    for sender in (1, 2, 3):
        assert [i for _, who, i in ends if who == sender] == [i for i in range(10, 460) if i % 3 + 1 == sender]
    async with dispatching(application) as dispatch:
        await dispatch.settled()
    assert len(ends) == len([event for event in log if event[0] == "end"]) == 450


async def test_rows_that_catching_up_has_found_are_not_taken_again(store: Store, application: Application) -> None:
    """A batch committed while an earlier process's rows are read is found in the table first, and then handed over."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log)))
    rows = await add(store, *(make_update(number, 7) for number in (1, 2)))
    async with dispatching(application) as dispatch:
        await dispatch.settled()
        later = await add(store, make_update(3, 7))
        dispatch.take([*rows, *later])
        await dispatch.settled()
    assert [update_id for what, _, update_id in log if what == "begin"] == [1, 2, 3]


async def test_what_others_commit_is_found_in_its_place(store: Store, application: Application) -> None:
    """Rows that nobody told of come before those that were told after them, and by a look where none is told any more."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log)))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 7)))
        await dispatch.settled()
        await add(store, make_update(2, 7), make_update(3, 7))
        dispatch.take(await add(store, make_update(4, 7)))
        await dispatch.settled()
        await add(store, make_update(5, 7), make_update(6, 8))
        dispatch.look()
        await dispatch.settled()
    assert [update_id for what, _, update_id in log if what == "begin"] == [1, 2, 3, 4, 5, 6]
    assert await count_open(store) == 0


async def test_what_was_overtaken_on_its_way_goes_first(store: Store, application: Application) -> None:
    """Of one sender, before whatever nobody has begun; what Telegram has counted anew since is not older."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log, seconds=0.001)))
    numbers = [900, 500, 503, 501, 502, 90_000, 70_000]
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, *(make_update(number, 7) for number in numbers)))
        await dispatch.settled()
    assert [update_id for what, _, update_id in log if what == "begin"] == [500, 501, 502, 503, 900, 90_000, 70_000]


async def test_memory_holds_few_updates_and_loses_none(store: Store, application: Application) -> None:
    """Beyond its capacity dispatch reads from the table, in order."""
    log: list[tuple[str, int, int]] = []
    application.add_handler(TypeHandler(Update, record(log)))
    async with dispatching(application, capacity=20, parallel=4) as dispatch:
        for start in range(0, 1000, 100):
            dispatch.take(await add(store, *(make_update(i, i % 5 + 1) for i in range(start, start + 100))))
            await asyncio.sleep(0)
        await dispatch.settled()
    ends = [i for what, _, i in log if what == "end"]
    assert len(ends) == 1000
    assert [i for i in ends if i % 5 == 0] == list(range(0, 1000, 5))


async def test_stopping_leaves_the_rest_open(store: Store, application: Application) -> None:
    """What runs may end within the limit; what hangs and what waits stays in the inbox."""
    log: list[tuple[str, int, int]] = []
    hang = asyncio.Event()

    async def handle(update: Update, context: Context) -> None:
        if update.update_id == 1:
            await hang.wait()
        await record(log, seconds=0.05)(update, context)

    application.add_handler(TypeHandler(Update, handle))
    dispatch = Dispatch(application, parallel=2)
    dispatch.start()
    dispatch.take(await add(store, make_update(1, 1), make_update(2, 2), make_update(3, 1), make_update(4, 3)))
    await until(lambda: log)
    await dispatch.stop(0.2)
    assert [i for what, _, i in log if what == "end"] == [2]
    assert [row.update_id for row in await store.read(inbox.list_open, after=Seq(0), limit=9)] == [1, 3, 4]


async def test_a_handler_that_nobody_waits_for_is_refused(
    server: Server, gate: Gate, store: Store, application: Application
) -> None:
    """`block=False` hides when a handler ends and how; it is found at the start."""

    async def handle(_update: Update, _context: Context) -> None: ...

    application.add_handler(CommandHandler("start", handle, block=False))
    with pytest.raises(NonBlockingHandler, match="CommandHandler"):
        Dispatch(application).start()
    request = AiohttpRequest()
    other = build_application(
        token=TOKEN,
        base_url=server.url,
        gate=gate,
        request=request,
        get_updates_request=request,
        bot_data=BotData(store=store, deps=None),
        defaults=Defaults(block=False),
    )
    with pytest.raises(NonBlockingHandler, match="defaults"):
        Dispatch(other).start()


@pytest.mark.parametrize(
    ("refusal", "attempts"),
    [
        ((403, "Forbidden: bot was blocked by the user"), 1),
        ((400, "Bad Request: message is not modified: specified new message content"), 1),
        ((400, "Bad Request: chat not found"), 3),
    ],
)
async def test_the_chats_own_wish_is_no_failure(
    refusal: tuple[int, str], attempts: int, server: Server, store: Store, application: Application
) -> None:
    """Somebody who blocked the bot is not written to again and again."""

    async def deny(_call: Call) -> web.Response:
        return refuse(*refusal)

    async def handle(update: Update, _context: Context) -> None:
        assert update.message
        await update.message.reply_text("hello")

    server.replies["sendMessage"] = deny
    application.add_handler(MessageHandler(filters.TEXT, handle))
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await dispatch.settled()
    assert len(server.list_calls("sendMessage")) == attempts
    assert len(await list_dead(store)) == (1 if attempts > 1 else 0)


async def test_a_button_that_cannot_be_answered_works_all_the_same(
    server: Server, store: Store, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """After an outage the spinner is gone already; the effect is wanted still, and the log says what Telegram did not want."""
    caplog.set_level("INFO", "bot.updates.context")
    done: list[str] = []

    async def deny(_call: Call) -> web.Response:
        return refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")

    async def handle(update: Update, context: Context) -> None:
        assert update.callback_query
        await context.answer(update.callback_query, "fine")
        done.append(context.deps["greeting"])

    server.replies["answerCallbackQuery"] = deny
    application.bot_data.deps["greeting"] = "hi"
    application.add_handler(CallbackQueryHandler(handle))
    person = {"id": 1, "is_bot": False, "first_name": "Ada"}
    tap = {"update_id": 1, "callback_query": {"id": "9", "from": person, "chat_instance": "1", "data": "x"}}
    async with dispatching(application) as dispatch:
        dispatch.take(await add(store, tap))
        await dispatch.settled()
    assert done == ["hi"]
    assert len(server.list_calls("answerCallbackQuery")) == 1
    assert ["uery is too old" in said for (said,) in list_values(caplog)] == [True]


async def test_only_the_last_inline_query_of_a_person_matters(store: Store, application: Application) -> None:
    """What was overtaken while waiting is dropped; nothing of it has a row."""
    seen: list[tuple[int, str]] = []
    release = asyncio.Event()

    async def handle(update: Update, context: Context) -> None:
        assert update.inline_query
        assert context.row is None
        await release.wait()
        seen.append((update.inline_query.from_user.id, update.inline_query.query))

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application, inline_parallel=1) as dispatch:
        for query in parse_inline((1, 1, "a"), (2, 1, "ab"), (3, 2, "x"), (4, 1, "abc")):
            dispatch.take_inline(query)
        await asyncio.sleep(0.01)
        release.set()
        await dispatch.settled()
    assert seen[0] == (1, "a")
    assert sorted(seen[1:]) == [(1, "abc"), (2, "x")]


async def test_an_old_inline_query_is_dropped(
    store: Store, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    """Telegram would refuse the answer anyway; and a failing one disturbs nobody but the log."""
    seen: list[str] = []

    async def handle(update: Update, _context: Context) -> None:
        assert update.inline_query
        seen.append(update.inline_query.query)
        await asyncio.sleep(0.1)
        raise ValueError

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application, inline_parallel=1, inline_seconds=0.05) as dispatch:
        for query in parse_inline((1, 1, "quick"), (2, 2, "late")):
            dispatch.take_inline(query)
        await dispatch.settled()
    assert seen == ["quick"]
    assert "Inline query 1 was not answered" in caplog.text


async def test_a_store_that_is_away_costs_no_attempts(store: Store, application: Application) -> None:
    """While failures cannot even be noted, the update waits; it is not tried and given up."""
    log: list[int] = []

    async def handle(update: Update, context: Context) -> None:
        log.append(update.update_id)
        store.close()
        await context.read(inbox.count_open)

    application.add_handler(TypeHandler(Update, handle))
    async with dispatching(application, retry_seconds=(0.02,)) as dispatch:
        dispatch.take(await add(store, make_update(1, 1)))
        await asyncio.sleep(0.2)
    assert log == [1]


async def test_damage_of_the_database_is_no_failure_of_an_update(
    store: Store, application: Application, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The file is gone: what came before waits for a process with a whole one, and nothing is given up."""
    member_id = await add_member(store, 1)

    async def on_update(_update: Update, context: Context) -> None:
        await context.write(share, member_id)

    application.add_handler(TypeHandler(Update, on_update))
    async with dispatching(application) as dispatch:
        await dispatch.settled()
        rows = await add(store, make_update(1, 1), make_update(2, 2))
        (tmp_path / "passalong.db").unlink()
        dispatch.take(rows)
        await until(lambda: dispatch.metrics.read().get("updates_rested", 0) >= 2)
    assert "given up" not in caplog.text
    assert dispatch.metrics.read().get("updates_failed", 0) == 0


def test_an_attempt_rests_longer_each_time_and_for_the_last_time_at_the_end() -> None:
    """Where the store or the way to Telegram is away; what fails by its own fault does not rest."""
    for error in (StoreUnavailable("away"), NotSent("No connection")):
        assert [find_rest(error, rests) for rests in (0, 1, 5, 6, 7, 99)] == [0.5, 1.0, 15.0, 30.0, 30.0, 30.0]
    assert find_rest(Flooded(7), 3) == 7.0
    assert find_rest(Flooded(0), 3) == 0.1
    assert find_rest(Flooded(100_000), 3) == 3600.0
    for fault in (ValueError("x"), TimedOut("No answer in time"), BadRequest("no")):
        assert find_rest(fault, 0) is None

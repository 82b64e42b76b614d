"""The whole gateway against the strict local Telegram, with faults and sudden ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

import aiohttp
import pytest
from telegram import Update
from telegram.ext import MessageHandler, filters

from bot.messages.notices import Reader, Rendered
from bot.messages.outgoing import OutgoingMessage
from bot.outbox.worker import OutboxWorker
from bot.playground import faults
from bot.playground.world import Person
from bot.services.notices import Notice, Owed, owe
from bot.updates.application import PassalongApplication, build_application
from bot.updates.context import BotData, PassalongContext
from bot.updates.dispatch import Dispatch
from bot.updates.intake import Intake, OtherPoller
from bot.wire.gate import Gate
from bot.wire.pacing import Priority
from bot.wire.transport import AiohttpRequest
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Profile, ShareWay
from storage.tables import inbox, outbox, people, shares
from tests.telegram import LocalTelegram, telegram
from tests.thinning import BOTH_ENGINES
from tests.wire.stage import make_snapshots

__all__ = ["telegram"]

Context = PassalongContext[None]


@frozen
class Thanks(Notice):
    """Somebody wrote."""

    kind: ClassVar[str] = "thanks"
    words: str


def thank(tx: Tx, telegram_id: int, words: str) -> None:
    """An effect that can be counted, and a notice that tells it."""
    person = people.add(tx, Profile(telegram_id=telegram_id, first_name="A"), f"{telegram_id % 10**10:010d}")
    people.set_started(tx, person.id)
    shares.add(tx, person.id, ShareWay.CARD)
    owe(tx, MemberAddress(person.id), Thanks(words=words), key=f"{telegram_id} {words}")


async def on_text(update: Update, context: Context) -> None:
    """Thank whoever writes."""
    assert update.message
    assert update.effective_user
    await context.write(thank, update.effective_user.id, update.message.text or "")


def render_thanks(_: Reader, owed: Sequence[Owed[Thanks]]) -> list[Rendered]:
    """One message, a line per notice."""
    lines = "\n".join(f"thanks for {one.notice.words}" for one in owed)
    return [Rendered(messages=[OutgoingMessage(text=lines)], owed=owed)]


@dataclass
class Process:
    """All of the gateway that one process runs."""

    application: PassalongApplication[None]
    intake: Intake
    dispatch: Dispatch
    delivery: OutboxWorker


def wide_gate() -> Gate:
    """A gate nobody waits at."""
    return Gate(send_rate=100_000, chat_rate=1000, cold_seconds=0, pushed_back_seconds=0.02)


@asynccontextmanager
async def run(
    telegram: LocalTelegram, store: Store, gate: Gate | None = None, *, stop_seconds: float = 2.0
) -> AsyncIterator[Process]:
    """One process, from start to stop; with `stop_seconds` 0 it ends as if it were killed."""
    gate = gate or wide_gate()
    application: PassalongApplication[None] = build_application(
        token=telegram.token,
        base_url=telegram.url,
        gate=gate,
        request=AiohttpRequest(read_timeout=0.5),
        get_updates_request=AiohttpRequest(connection_limit=4, read_timeout=0.5),
        bot_data=BotData(store=store, deps=None),
    )
    application.add_handler(MessageHandler(filters.TEXT, on_text))
    async with application:
        dispatch = Dispatch(application, retry_seconds=(0.02,))
        delivery = OutboxWorker(
            store=store,
            bot=application.bot,
            gate=gate,
            snapshots=make_snapshots(store),
            renderers={Thanks: render_thanks},
            retry_seconds=(0.02,),
            attempts=50,
        )
        intake = Intake(
            bot=application.bot,
            store=store,
            dispatch=dispatch,
            allowed_updates=["message"],
            poll_seconds=1,
            retry_seconds=0.02,
            conflict_seconds=0.3,
        )
        delivery.start()
        dispatch.start()
        polling = asyncio.create_task(intake.run())
        try:
            yield Process(application, intake, dispatch, delivery)
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)
            await dispatch.stop(stop_seconds)
            await delivery.stop(stop_seconds)


def count_thanks(telegram: LocalTelegram, person: Person) -> Counter[str]:
    """How often somebody was thanked for what."""
    chat = telegram.world.open_chat(person)
    lines = [
        line
        for message in chat.list_messages()
        if message.sender == telegram.world.bot
        for line in message.text.splitlines()
    ]
    return Counter(line.removeprefix("thanks for ") for line in lines if line.startswith("thanks for"))


def say(telegram: LocalTelegram, persons: Sequence[Person], words: Sequence[str]) -> None:
    """Everybody says all of it."""
    for word in words:
        for person in persons:
            telegram.world.send_text(person, telegram.world.open_chat(person), word)


async def until_request(telegram: LocalTelegram, number: int) -> None:
    """Return when so many letters have arrived from now on."""
    left, arrived = number, asyncio.Event()

    def count(_number: int, method: str, when: str) -> None:
        nonlocal left
        left -= method == "sendMessage" and when == "after"
        if left == 0:
            arrived.set()

    telegram.faults.on_request = count
    await arrived.wait()


WORDS = ["/start", "tea", "cake", "wine"]


@BOTH_ENGINES
async def test_nothing_is_lost_or_doubled_among_faults(telegram: LocalTelegram, store: Store) -> None:
    """With many requests going wrong in every way each effect happens once and each notice arrives."""
    guests = [telegram.world.add_person(f"Guest {number}") for number in range(15)]
    kinds = [
        faults.drop(after_effect=True),
        faults.drop(after_effect=False),
        faults.error(500, after_effect=True),
        faults.html_page(502),
        faults.truncated(),
        faults.short_body(),
        faults.not_ok(),
        faults.duplicate(),
        faults.too_many_requests(None),
    ]
    async with run(telegram, store) as process:
        for number, fault in enumerate(kinds):
            telegram.faults.order(fault, "sendMessage", nth=1 + 2 * number)
            telegram.faults.order(fault, "getUpdates", nth=1 + number)
        say(telegram, guests, WORDS)
        await telegram.until_confirmed(timeout_seconds=10)
        await process.dispatch.settled()
        await process.delivery.settled()
    assert len([call for call in telegram.world.calls if call.fault]) >= 10
    assert await store.read(shares.count_all) == 15 * len(WORDS)
    assert (await store.read(inbox.count_open), await store.read(inbox.list_dead, 9)) == (0, [])
    for guest in guests:
        assert set(count_thanks(telegram, guest)) == set(WORDS)


@BOTH_ENGINES
async def test_processes_that_die_lose_nothing(telegram: LocalTelegram, store: Store) -> None:
    """However often a process ends in the middle of everything, the next one goes on."""
    guests = [telegram.world.add_person(f"Guest {number}") for number in range(10)]
    telegram.faults.latency_seconds = 0.01
    for number in (1, 3, 7, 12, 20):
        say(telegram, guests, [f"{word} {number}" for word in WORDS])
        async with run(telegram, store, stop_seconds=0):
            await until_request(telegram, number)
        telegram.faults.on_request = None
        assert await store.read(inbox.count_open) + await store.read(outbox.count_owed) > 0
    async with run(telegram, store) as process:
        await telegram.until_confirmed()
        await process.dispatch.settled()
        await process.delivery.settled()
    assert await store.read(shares.count_all) == 10 * 5 * len(WORDS)
    for guest in guests:
        assert len(count_thanks(telegram, guest)) == 5 * len(WORDS)


async def test_telegrams_limits_are_kept(telegram: LocalTelegram, store: Store) -> None:
    """With the limits switched on nothing is refused but what was ordered, and nothing is sent into a ban."""
    telegram.world.floods.enabled = True
    guests = [telegram.world.add_person(f"Guest {number}") for number in range(40)]
    for guest in guests:
        telegram.world.press_start(guest)
    telegram.faults.order(faults.too_many_requests(3), "sendMessage", nth=20)
    gate = Gate(send_rate=30, chat_rate=1, cold_seconds=0)
    async with run(telegram, store, gate) as process:
        bot = process.application.bot
        answers = [bot.send_message(guest.id, "answer") for guest in guests[:10]]
        notices = [bot.send_message(guest.id, "notice", rate_limit_args=Priority.NOTICE) for guest in guests]
        await asyncio.gather(*answers, *notices)
        await process.delivery.settled()
    assert telegram.world.busiest_second() <= 30
    calls = telegram.world.journal.list_calls("sendMessage")
    [flood] = [call for call in calls if call.status == 429]
    # What had started before the ban was told may still arrive; a second is more than its way takes.
    banned = [call for call in calls if call.params["chat_id"] == flood.params["chat_id"]]
    assert not [call for call in banned if flood.at + 1_000_000 < call.at < flood.at + 3_000_000]


async def test_somebody_else_with_the_token_is_told_and_left(telegram: LocalTelegram, store: Store) -> None:
    """A second poller that stays makes this one leave."""
    telegram.server.polls.throttles = False

    async def poll_for_ever() -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.post(
                    f"{telegram.base_url}{telegram.token}/getUpdates", data={"timeout": 5}
                ) as answer:
                    await answer.read()
                await asyncio.sleep(0.02)

    async with run(telegram, store) as process:
        other = asyncio.create_task(poll_for_ever())
        with pytest.raises(OtherPoller, match="only one bot instance"):
            await asyncio.wait_for(_run_again(process, store), 60)
        other.cancel()
        await asyncio.gather(other, return_exceptions=True)


async def _run_again(process: Process, store: Store) -> None:
    intake = Intake(
        bot=process.application.bot,
        store=store,
        dispatch=process.dispatch,
        allowed_updates=["message"],
        poll_seconds=1,
        retry_seconds=0.02,
        conflict_seconds=0.3,
    )
    await intake.run()

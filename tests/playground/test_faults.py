"""What goes wrong on order, as python-telegram-bot and a raw client meet it."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.playground import faults
from bot.playground.faults import Fault, Faults
from tests.playground.calling import Caller, start_person
from tests.telegram import LocalTelegram


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")  # RetryAfter warns of its own future
@pytest.mark.parametrize(
    ("fault", "error", "sent"),
    [
        (faults.too_many_requests(7), RetryAfter, 0),
        (faults.too_many_requests(None), NetworkError, 0),
        (faults.error(500), NetworkError, 0),
        (faults.error(500, after_effect=True), NetworkError, 1),
        (faults.error(401), InvalidToken, 0),
        (faults.error(404), InvalidToken, 0),
        (faults.error(409), Conflict, 0),
        (faults.html_page(502), NetworkError, 0),
        (faults.html_page(502, after_effect=True), NetworkError, 1),
        (faults.drop(after_effect=False), NetworkError, 0),
        (faults.drop(after_effect=True), NetworkError, 1),
        (faults.short_body(), NetworkError, 1),
        (faults.truncated(), TelegramError, 1),
        (faults.empty(), TelegramError, 1),
        (faults.hang(), TimedOut, 0),
        (faults.hang(after_effect=True), TimedOut, 1),
        (faults.not_ok(), KeyError, 1),
    ],
    ids=str,
)
async def test_each_fault_strikes_once(
    telegram: LocalTelegram, bot: Bot, fault: Fault, error: type[Exception], sent: int
) -> None:
    """The library reports it, the effect is there or not as ordered, and the next call works."""
    ann = start_person(telegram)
    telegram.faults.order(fault, "sendMessage")
    await bot.get_me()
    with pytest.raises(error):
        await bot.send_message(ann.id, "x", read_timeout=0.2)
    assert len(telegram.world.sent) == sent
    call = telegram.world.journal.list_calls("sendMessage")[0]
    assert (call.fault, call.took_effect, call.is_ok) == (str(fault), bool(sent), False)
    await bot.send_message(ann.id, "x")


def test_orders_count_calls_of_their_method() -> None:
    """The nth call of a method meets it, so many times in a row; others pass."""
    orders = Faults()
    orders.order(faults.error(500), "sendMessage", nth=2, times=2)
    met = [orders.choose(method) is not None for method in ("getMe", *["SendMessage"] * 4)]
    assert met == [False, False, True, True, False]


def test_chance_repeats_with_its_seed() -> None:
    """The same seed meets the same calls; about as many as the probability says."""

    def play(seed: int) -> list[bool]:
        orders = Faults()
        orders.order(faults.error(500), probability=0.2, times=-1, seed=seed)
        return [orders.choose("getMe") is not None for _ in range(500)]

    assert play(1) == play(1) != play(2)
    assert 60 < sum(play(1)) < 140


async def test_a_late_answer_is_the_right_one(caller: Caller) -> None:
    """Delay and latency hold an answer back and change nothing about it."""
    ann = start_person(caller.telegram)
    caller.telegram.faults.latency_seconds = 0.05
    caller.telegram.faults.order(faults.delay(0.05), "sendMessage")
    begun = asyncio.get_running_loop().time()
    assert (await caller.call("sendMessage", chat_id=ann.id, text="x"))["text"] == "x"
    assert asyncio.get_running_loop().time() - begun >= 0.1


async def test_updates_can_be_doubled_and_poisoned(telegram: LocalTelegram, bot: Bot) -> None:
    """Every update of an answer comes twice; a raw one comes as it is, so that no library can read it."""
    ann = start_person(telegram)
    telegram.server.polls.throttles = False
    telegram.faults.order(faults.duplicate(), "getUpdates")
    one, two = await bot.get_updates(timeout=0)
    assert one.update_id == two.update_id
    poison_id = telegram.world.push_raw("message", {"text": "no date, no chat"})
    telegram.world.send_text(ann, telegram.world.open_chat(ann), "healthy")
    with pytest.raises(KeyError):
        await bot.get_updates(offset=one.update_id + 1, timeout=0)
    (healthy,) = await bot.get_updates(offset=poison_id + 1, timeout=0)
    assert healthy.message is not None


async def test_a_wait_of_429_is_remembered_as_a_ban(caller: Caller) -> None:
    """The header and the parameters name the wait; a send within it is counted."""
    ann = start_person(caller.telegram)
    caller.telegram.faults.order(faults.too_many_requests(3), "sendMessage")
    url = f"{caller.telegram.base_url}{caller.telegram.token}/sendMessage"
    async with caller.session.post(url, data={"chat_id": str(ann.id), "text": "x"}) as response:
        body = await response.json()
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
    assert body["parameters"] == {"retry_after": 3}
    assert body["description"] == "Too Many Requests: retry after 3"
    assert caller.telegram.world.journal.sends_in_ban == 0
    await caller.call("sendMessage", chat_id=ann.id, text="x")
    assert caller.telegram.world.journal.sends_in_ban == 1


async def test_a_hook_sees_each_request_before_and_after(caller: Caller) -> None:
    """Chaos kills by number: the hook knows which request it is and whether it took effect."""
    ann = start_person(caller.telegram)
    seen: list[tuple[int, str, str, int]] = []

    async def watch(number: int, method: str, when: faults.When) -> None:
        await asyncio.sleep(0)
        seen.append((number, method, when, len(caller.telegram.world.sent)))

    caller.telegram.faults.on_request = watch
    await caller.call("sendMessage", chat_id=ann.id, text="x")
    assert seen == [(1, "sendMessage", "before", 0), (1, "sendMessage", "after", 1)]


async def test_a_hook_can_let_a_request_come_to_nothing(caller: Caller) -> None:
    """Whoever dies before the effect leaves none."""
    ann = start_person(caller.telegram)
    caller.telegram.faults.on_request = lambda _number, _method, when: when == "after"
    with pytest.raises(aiohttp.ClientConnectionError):
        await caller.ask("sendMessage", chat_id=ann.id, text="x")
    assert not caller.telegram.world.sent
    assert caller.telegram.world.calls[0].fault == "drop"


async def test_a_dropped_connection_is_closed_at_once(caller: Caller) -> None:
    """The client does not wait: the connection ends, as when a process dies."""
    ann = start_person(caller.telegram)
    caller.telegram.faults.order(faults.drop(after_effect=False), "sendMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await asyncio.wait_for(caller.ask("sendMessage", chat_id=ann.id, text="x"), 60)

"""Stop signals and deaths of the real process, under load."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from bot.playground.world import Person
from tests.journeys.program import Home, Program, furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
CROWD = 60


@pytest.fixture
def home(tmp_path: Path, telegram: LocalTelegram) -> Home:
    """A bot's home, at a pace that keeps it at work for a few seconds."""
    return furnish(tmp_path, telegram, SEND_RATE="60", CHAT_RATE="20")


@pytest.fixture
def ready_home(home: Home) -> Home:
    """One whose programs have their imports behind them, for what comes later."""
    return replace(home, forks=True)


@pytest.mark.parametrize(
    "signals",
    [
        [signal.SIGTERM],
        pytest.param([signal.SIGINT], marks=pytest.mark.long),
        pytest.param([signal.SIGHUP], marks=pytest.mark.long),
        pytest.param([signal.SIGTERM, signal.SIGTERM], marks=pytest.mark.long),
        pytest.param([signal.SIGINT, signal.SIGHUP, signal.SIGTERM], marks=pytest.mark.long),
    ],
    ids=lambda signals: "-".join(number.name for number in signals),
)
async def test_a_stop_signal_under_load_ends_with_0_and_loses_nothing(
    signals: list[signal.Signals], ready_home: Home, telegram: LocalTelegram
) -> None:
    """Any stop signal, also a second one: status 0, and the rest is handled after the next start."""
    telegram.faults.latency_seconds = 0.2
    async with ready_home.running() as program:
        await program.until_polling(telegram)
        crowd = arrive(telegram)
        await telegram.until_call("sendMessage")
        await send_all(program, signals)
        assert await program.wait() == 0, program.read_errors()
    assert len(telegram.world.sent) < 2 * CROWD, "the signal came too late for this test to mean anything"
    await assert_everybody_is_greeted(ready_home, telegram, crowd)


async def test_a_killed_bot_is_followed_by_one_that_polls(ready_home: Home, telegram: LocalTelegram) -> None:
    """The kernel frees the lock of a killed process: its successor need not wait, and finds all that was left."""
    telegram.faults.latency_seconds = 0.2
    async with ready_home.running() as program:
        await program.until_polling(telegram)
        crowd = arrive(telegram)
        await telegram.until_call("sendMessage")
        await program.kill()
    await assert_everybody_is_greeted(ready_home, telegram, crowd)


@pytest.mark.long
async def test_a_stop_signal_during_the_start_ends_with_0(home: Home, telegram: LocalTelegram) -> None:
    """From the moment the program listens to signals, whatever it is importing, opening or asking for."""
    waits = (0.0, 0.1, 0.3, 0.6, 0.9, 1.2, 1.6)
    statuses = await asyncio.gather(
        *(stop_early(home, number, place, wait) for place, (number, wait) in enumerate(zip(cycle(SIGNALS), waits)))
    )
    assert statuses == [0] * len(waits), home.read_everything()
    assert "Traceback" not in home.read_everything()


@pytest.mark.long
async def test_a_stop_signal_while_telegram_is_away_ends_with_0(home: Home, telegram: LocalTelegram) -> None:
    """A bot that has not even been told its name yet leaves all the same."""
    async with home.running(BOT_API_URL="http://127.0.0.1:9") as program:
        await program.until_says("does not answer yet")
        assert await program.stop() == 0


def arrive(telegram: LocalTelegram) -> list[Person]:
    """Have a crowd start the bot at once and ask for help: notices and answers, all at the same time."""
    world = telegram.world
    crowd = [world.add_person(f"Guest{number}") for number in range(CROWD)]
    for person in crowd:
        world.press_start(person)
        world.send_text(person, world.open_chat(person), "/help")
    return crowd


async def send_all(program: Program, signals: list[signal.Signals]) -> None:
    """Send signals, a moment apart."""
    for number in signals:
        if program.status is None:
            program.send(number)
            await asyncio.sleep(0.1)


async def assert_everybody_is_greeted(home: Home, telegram: LocalTelegram, crowd: list[Person]) -> None:
    """Start the bot again and wait until everybody has their greeting and their answer."""
    telegram.faults.clear()
    async with home.running(SEND_RATE="2000") as successor:
        await successor.until_polling(telegram)
        for person in crowd:
            await telegram.until_message(person, "Your link")
            await telegram.until_message(person, "What I can do")
        await telegram.until_confirmed(timeout_seconds=30)
        assert await successor.stop() == 0


async def stop_early(home: Home, number: signal.Signals, place: int, wait_seconds: float) -> int:
    """Send a signal so long after the program began to listen to it; each on a database of its own."""
    async with home.running(DATABASE_URL=f"sqlite:///{home.folder}/{place}.db") as program:
        await until_it_listens(program)
        await asyncio.sleep(wait_seconds)
        return await program.stop(number)


async def until_it_listens(program: Program) -> None:
    """Wait until stop signals are caught: before that the interpreter itself is still starting."""
    for _ in range(3000):
        if catches(program.process.pid, signal.SIGTERM):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never listened to signals")


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal, as the kernel knows it."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("NOT TESTED: without /proc nobody can see when a program begins to listen to signals")
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.mark.long
async def test_a_hangup_that_was_ignored_stays_ignored(home: Home, telegram: LocalTelegram) -> None:
    """`nohup` starts a program with SIGHUP ignored, and expects it to outlive the terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        program = await home.start()
    finally:
        signal.signal(signal.SIGHUP, before)
    await program.until_polling(telegram)
    program.send(signal.SIGHUP)
    nia = telegram.world.add_person("Nia")
    telegram.world.press_start(nia)
    await telegram.until_message(nia, "Your link")
    assert program.status is None
    assert await program.stop(signal.SIGTERM) == 0

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot import run_command, telemetry, web_command
from bot.settings import Settings
from bot.settings_reader import SettingsReader
from bot.shops import hosting
from bot.shops.fair_loop import (
    BESIDE_SECONDS,
    LONGEST_REST_SECONDS,
    PORTION,
    SAVED_SECONDS,
    FairLoop,
    Line,
    Portions,
    charge_shop,
    run_fairly,
)
from bot.shops.garbage import Pauses
from bot.shops.host import Stay
from bot.shops.leasing import Alone
from bot.telemetry import OWN_PACE, SHOP
from storage import Store
from storage.pools import Pools

FLOODED, BESIDE = "flooded", "beside"
STEPS = 20


async def work(shop: str, done: list[str], *, steps: int = STEPS) -> None:
    """So many steps of a shop, each noted."""
    SHOP.set(shop)
    for _ in range(steps):
        await asyncio.sleep(0)
        done.append(shop)


def run(main: Callable[[], Any], *, turn_seconds: float = 0.0) -> Any:
    """On a loop on which each turn is one step, and nobody rests."""
    with asyncio.Runner(loop_factory=lambda: FairLoop(turn_seconds, portion=1e9)) as runner:
        return runner.run(main())


async def flood() -> list[str]:
    """A hundred tasks of one shop, and one of another that begins after them; all steps until that one is done."""
    done = list[str]()
    crowd = [asyncio.create_task(work(FLOODED, done, steps=1000)) for _ in range(100)]
    await asyncio.create_task(work(BESIDE, done))
    found = list(done)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return found


def test_shops_take_turns() -> None:
    """A shop waits for a step of a flooded one before each of its own, and not for all of them."""
    done = run(flood)
    assert done.count(BESIDE) == STEPS
    # The first hundred begin in the line of nobody, before either shop is known.
    assert done.count(FLOODED) <= 2 * STEPS + 100


def test_without_turns() -> None:
    """On any other loop it waits for all of them: so the test above can fail."""
    with asyncio.Runner() as runner:
        assert runner.run(flood()).count(FLOODED) > 10 * STEPS


def test_length_of_a_turn() -> None:
    """A shop whose turn it is goes on for the time of it."""
    done = run(flood, turn_seconds=3600.0)
    assert done.count(BESIDE) == STEPS
    assert done.count(FLOODED) > 10 * STEPS


def test_order_in_a_line() -> None:
    """What is due in one shop is done in the order in which it became due."""

    async def main() -> list[int]:
        SHOP.set(BESIDE)
        done = list[int]()
        loop = asyncio.get_running_loop()
        for number in range(100):
            loop.call_soon(done.append, number)
        await asyncio.sleep(0)
        return done

    assert run(main) == list(range(100))


def test_called_off_and_failed(caplog: pytest.LogCaptureFixture) -> None:
    """What is called off is not done; what fails is told, and hinders nothing."""

    async def main() -> list[str]:
        done = list[str]()
        loop = asyncio.get_running_loop()
        loop.call_soon(done.append, "called off").cancel()
        loop.call_soon(int, "no number")
        loop.call_soon(done.append, "after it")
        await asyncio.sleep(0)
        return done

    with caplog.at_level(logging.ERROR):
        assert run(main) == ["after it"]
    assert "no number" in caplog.text


def test_contexts() -> None:
    """Each step has the context it was asked for in."""

    async def main() -> list[str]:
        seen = list[str]()
        loop = asyncio.get_running_loop()
        for shop in (FLOODED, BESIDE):
            SHOP.set(shop)
            loop.call_soon(lambda: seen.append(SHOP.get()))
        SHOP.set("")
        await asyncio.sleep(0)
        return seen

    assert run(main) == [FLOODED, BESIDE]


def test_line_begins_anew() -> None:
    """A line that is empty is forgotten, and begins anew."""

    async def main() -> list[str]:
        done = list[str]()
        for _ in range(3):
            await asyncio.create_task(work(BESIDE, done))
            await asyncio.sleep(0.001)
        return done

    assert run(main) == [BESIDE] * 3 * STEPS


def test_what_ends_the_loop_leaves_the_line_whole() -> None:
    """Behind a step that ends the program, tasks of the same shop are called off as on any other loop."""
    left = list[str]()

    async def wait() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            left.append("called off")

    async def main() -> None:
        SHOP.set(BESIDE)
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(leave, 3)
        await waiting

    def leave(status: int) -> None:
        raise SystemExit(status)

    with pytest.raises(SystemExit):
        run(main)
    assert left == ["called off"]


def test_closed() -> None:
    """A closed loop takes nothing on."""
    loop = FairLoop()
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)


@pytest.mark.parametrize("command", [run_command.run, web_command.serve])
def test_commands_of_many_shops(
    command: Callable[[SettingsReader], int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever serves a folder of shops does so on it."""
    loops = list[object]()

    async def note_loop(*_args: object) -> int:
        loops.append(type(asyncio.get_running_loop()))
        return 0

    monkeypatch.setattr(run_command, "_host_until_signal", note_loop)
    monkeypatch.setattr(web_command, "_serve_until_signal", note_loop)
    monkeypatch.setattr(telemetry, "set_up_logging", lambda *_args, **_named: None)  # the process's, which others test
    for module in (run_command, web_command):
        monkeypatch.setattr(module, "on_stop_signals", lambda _handler: None)
    assert command(SettingsReader({"PASSALONG_SHOPS": str(tmp_path)})) == 0
    assert loops == [FairLoop]


def test_result() -> None:
    """What it was run for comes back."""

    async def main() -> str:
        return "done"

    assert run_fairly(main()) == "done"


def test_portion() -> None:
    """Who has had more than was saved rests until it is made up; whoever had little does not, and saves no more than that."""
    portions, flooded, beside = Portions(0.25), Line(FLOODED), Line(BESIDE)
    portions.count(beside, 99.9, 99.9)
    assert portions.count(flooded, 100.0, 100.0 + SAVED_SECONDS) == pytest.approx(0, abs=1e-9)
    assert portions.count(flooded, 100.0, 100.010) == pytest.approx(0.040)
    assert portions.count(beside, 100.011, 100.016) == 0
    assert portions.count(flooded, 100.040, 100.041) == pytest.approx(0.004)
    portions.count(beside, 999.9, 999.9)
    assert portions.count(flooded, 1000.0, 1000.0 + SAVED_SECONDS) == pytest.approx(0, abs=1e-9)
    assert portions.count(flooded, 1000.0, 1000.001) == pytest.approx(0.004)


def test_portion_of_who_is_alone() -> None:
    """It may have all, and owes nothing when somebody comes; what belongs to no shop is nobody's company, and never rests."""
    portions, flooded, beside, nobody = Portions(0.25), Line(FLOODED), Line(BESIDE), Line("")
    assert portions.count(beside, 99.0, 99.0) == 0
    assert portions.count(nobody, 99.9, 100.0) == 0
    assert portions.count(flooded, 100.0, 109.0) == 0
    assert portions.count(beside, 109.0, 109.001) == 0
    assert portions.count(flooded, 109.001, 109.002 + SAVED_SECONDS) == pytest.approx(0.004)
    assert portions.count(flooded, 109.1, 109.001 + BESIDE_SECONDS + 0.5) == 0


def test_longest_rest() -> None:
    """What took very long, here or on another thread, does not leave its shop aside for minutes: it rests for a second at most."""
    portions, late, now = Portions(PORTION), Line(FLOODED), 110.0
    portions.count(Line(BESIDE), 100.0, 109.9)
    assert portions.count(late, 100.0, now) == LONGEST_REST_SECONDS
    late.saved_seconds -= 60.0
    rests = list[float]()
    for _ in range(4):
        portions.count(Line(BESIDE), now, now)
        rests.append(portions.count(late, now, now + 1e-9))
        now += LONGEST_REST_SECONDS
    assert rests == pytest.approx([LONGEST_REST_SECONDS, LONGEST_REST_SECONDS, 0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("paused", [False, True])
def test_a_shop_that_had_its_portion_rests(*, paused: bool) -> None:
    """By a clock on which each of its steps takes as long as may be saved; the other one's take next to nothing.

    If garbage was looked for in its steps, it has had nothing, and goes on.
    """
    now, steps, pauses = 0.0, 0, Pauses()

    async def step() -> None:
        nonlocal now, steps
        SHOP.set(FLOODED)
        while True:
            await asyncio.sleep(0)
            now, steps = now + SAVED_SECONDS, steps + 1
            pauses.seconds += SAVED_SECONDS if paused else 0

    async def go_on() -> None:
        nonlocal now
        SHOP.set(BESIDE)
        for _ in range(50):
            await asyncio.sleep(0)
            now += 1e-9

    async def main() -> None:
        task = asyncio.create_task(step())
        await asyncio.create_task(go_on())
        task.cancel()

    with asyncio.Runner(loop_factory=lambda: FairLoop(0.0, clock=lambda: now, pauses=pauses)) as runner:
        runner.run(main())
    assert steps > 40 if paused else 0 < steps < 25


@pytest.mark.parametrize(("charged", "own_pace"), [(False, False), (True, False), (True, True)])
def test_what_is_done_on_other_threads_counts(*, charged: bool, own_pace: bool) -> None:
    """A shop that had very much done there rests, even though nothing of it was due on the loop meanwhile.

    What it does at its own pace, as the look through all its books, is left out.
    """
    now, done = 0.0, list[str]()

    async def ask(answered: asyncio.Event) -> None:
        nonlocal now
        SHOP.set(FLOODED)
        for _ in range(3):  # the other has had a turn by then
            await asyncio.sleep(0)
            now += 1e-9
        OWN_PACE.set(own_pace)
        charge_shop(100 * SAVED_SECONDS if charged else 0.0)
        await answered.wait()
        done.append(FLOODED)

    async def answer(answered: asyncio.Event) -> list[str]:
        nonlocal now
        SHOP.set(BESIDE)
        for step in range(STEPS):
            await asyncio.sleep(0)
            now += 1e-9
            if step == STEPS / 2:
                answered.set()
        return list(done)

    async def main() -> list[str]:
        answered = asyncio.Event()
        asked = asyncio.create_task(ask(answered))
        found = await asyncio.create_task(answer(answered))
        await asked
        return found

    with asyncio.Runner(loop_factory=lambda: FairLoop(0.0, clock=lambda: now)) as runner:
        assert runner.run(main()) == ([FLOODED] if own_pace or not charged else [])


async def test_what_a_shop_asks_its_database_is_charged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first unit on."""
    charged = list[float]()
    monkeypatch.setattr(hosting, "charge_shop", charged.append)
    settings = SimpleNamespace(shop="bakery", database_url=f"sqlite:///{tmp_path}/bakery.db", backup_folder=None)

    async def work(store: Store, _stay: Stay) -> None:
        charged.clear()
        await store.read(lambda tx: tx.now)

    await hosting._run_shop(Stay(cast("Settings", settings)), Alone(), Pools(), work)
    assert len(charged) == 1


def test_pauses_of_the_process_are_no_work() -> None:
    """They are taken off what a shop has had; counted while the loop runs, and not after."""
    portions = Portions(0.25)
    portions.count(Line(BESIDE), 99.9, 99.9)
    assert portions.count(Line(FLOODED), 100.0, 101.0, paused_seconds=1.0) == 0
    before = list(gc.callbacks)

    async def main() -> list[object]:
        return list(gc.callbacks)

    assert len(run_fairly(main())) == len(before) + 1
    assert gc.callbacks == before

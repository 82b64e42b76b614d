"""The machine's clock is a day ahead for a while, then right again."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from bot.core.throttling import MISSES_ALLOWED
from bot.playground import faults
from storage.schema.people import conversation
from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import ROOT

DAY_SECONDS = 86_400
BAN_SECONDS = 4
SHIFT = """
import time
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() + {seconds}
time.time_ns = lambda: _time_ns() + {seconds} * 10**9
"""
"""What an interpreter runs before anything else: its clock is wrong."""


async def set_the_clock_right(ground: Ground, verdict: Verdict) -> None:
    """A ban, a throttle, a question and work that is due, all written down a day ahead, end in their own time."""
    home = ground.furnish()
    ahead = replace(home, forks=False, variables={"PYTHONPATH": f"{write_shift(ground.folder)}:{ROOT}"})
    anna = ground.add_person("Anna")
    async with ground.running(ahead) as program:
        await ground.greet(anna)
        mina, budi = await ground.join("Mina"), await ground.join("Budi")
        for number in range(MISSES_ALLOWED + 1):
            refused = await ground.ask(mina, f"/start AAAAAAAA{number:02}")
        ground.telegram.faults.order(faults.too_many_requests(BAN_SECONDS), "sendMessage", chat_id=anna.id)
        ground.world.send_text(anna, ground.world.open_chat(anna), "/help")
        await ground.telegram.until_confirmed()
        await ground.ask(budi)
        verdict.expect("break" in refused.text, "the throttle does not even hold at once")
        verdict.expect(await program.stop() == 0, "the process does not end well")
    [(asked_at,)] = ground.fetch(select(func.max(conversation.c.asked_at)))
    verdict.expect(
        asked_at > time.time_ns() // 1000 + 80_000 * 1_000_000, "the clock was not ahead: this proves nothing"
    )
    began = time.monotonic()
    async with ground.running(home):
        await ground.ask(anna, timeout_seconds=90)
        banned = time.monotonic() - began
        again = await ground.ask(mina, "/start BBBBBBBBBB")
        claimed = await ground.ask(budi, "Anna")
    verdict.figures |= {"a ban of s": BAN_SECONDS, "lasted s": banned, "throttle over": str("break" not in again.text)}
    verdict.figures["question answered"] = str("Anna" in claimed.text and "only understand" not in claimed.text)
    verdict.expect(banned < 60, "a ban lasts longer than it was")
    verdict.expect("break" not in again.text, "a throttle of an hour lasts a day")
    verdict.expect("only understand" not in claimed.text, "the question who recommended the shop was lost")


def write_shift(folder: Path) -> Path:
    """Make a folder that sets an interpreter's clock ahead when it is on its path."""
    place = folder / "ahead"
    place.mkdir()
    (place / "sitecustomize.py").write_text(SHIFT.format(seconds=DAY_SECONDS))
    return place


KINDS = [Kind(number=10, name="clock a day ahead, then right", run=set_the_clock_right, short_on=("sqlite",))]

"""The move: a shop goes from SQLite to PostgreSQL by `passalong move` while people arrive, and goes on there."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import psycopg
from psycopg.sql import SQL, Identifier

from bot.playground.world import World
from storage import open_store
from storage.schema.everything import metadata
from tests.benchmarks.million import fill
from tests.chaos.crowd import Crowd, NeverCameError
from tests.chaos.databases import lend_database
from tests.chaos.findings import Report
from tests.chaos.order import Order
from tests.chaos.plan import Action, Kind
from tests.chaos.restore import SETTINGS, Drill, arrive, go_on, is_greeted, judge_drill
from tests.chaos.stage import SECRET, note_update, set_stage
from tests.journeys.program import Home, Program, furnish, furnish_forking
from tests.telegram import LocalTelegram, local_telegram

KILLED_WITHIN_SECONDS = 1.0
"""After the word that a death hangs on: a bot that is asked to stop looks every five seconds, so that the move goes on for longer."""


async def run_move(order: Order) -> Report:
    """Play the move to its end and judge it; its size is how many come before, and how many after, its rate how many a second meanwhile.

    Before it goes well it is killed a few times.
    """
    drill = Drill(order, order.folder / "no.backup", Random(order.seed))
    world, after = World(seed=order.seed), replace(order, folder=order.folder / "after")
    after.folder.mkdir()
    with lend_database("sqlite", order.folder) as old, lend_database("postgres", after.folder) as new:
        try:
            async with local_telegram(world, token=f"{world.bot.id}:{SECRET}") as telegram:
                world.listen(lambda happening: note_update(happening, handed))
                handed: set[int] = set()
                await _begin(old, order.members)
                await _move(drill, telegram, old, new)
                drill.updates += len(handed)
            async with set_stage(after, new, world, **SETTINGS) as stage:
                await go_on(drill, stage)
        except NeverCameError as error:
            drill.stopped = str(error)
        else:
            await judge_drill(drill, new)
    return drill.report(kills=order.kills)


async def _begin(url: str, members: int) -> None:
    """A shop that has members already."""
    if members:
        async with open_store(url):
            pass
        await asyncio.to_thread(fill, Path(url.removeprefix("sqlite:///")), members)


async def _move(drill: Drill, telegram: LocalTelegram, old: str, new: str) -> None:
    """People come by the first of them, the shop moves meanwhile, and those who come last wait at Telegram."""
    start = furnish_forking if drill.order.forks else furnish
    home = start(drill.order.folder / "old", telegram, DATABASE_URL=old, **SETTINGS)
    crowd = Crowd(telegram)
    async with home.running("run") as bot:
        await bot.until_polling(telegram)
        await crowd.act(Action(Kind.ARRIVE, 0))
        first = range(1, max(2, drill.order.size // 10))
        await arrive(drill, crowd, first, hosts=1)
        await arrive(drill, crowd, range(first.stop, drill.order.size), hosts=first.stop)
    moved = False
    for _ in range(drill.order.kills):
        if not moved:
            async with home.running("run") as bot:
                await bot.until_polling(telegram)
                moved = await _break_off(drill, crowd, home, new)
    if not moved:
        async with home.running("run") as bot:
            await bot.until_polling(telegram)
            await _move_meanwhile(drill, crowd, bot, home, new)
    drill.people = crowd.people
    drill.seen = {number for number, person in crowd.people.items() if is_greeted(telegram.world, person)}
    drill.findings.others += await asyncio.to_thread(_list_differences, old, new)
    again = await home.run("run")
    if again.status != 2 or "has moved" not in again.read_errors():
        drill.findings.others.append(f"the old database was opened: {again.status} {again.read_errors()[-300:]}")


async def _break_off(drill: Drill, crowd: Crowd, home: Home, new: str) -> bool:
    """A move is killed while people arrive: as it copies, compares, or has asked the bot to stop; whether it came too late."""
    said, hosts = drill.random.choice(["Copying", "Comparing", "asked to stop"]), max(2, drill.order.size // 10)
    async with home.running("move", "--to", new) as moving:
        while said not in moving.read_output() and moving.status is None:
            await arrive(drill, crowd, range(len(crowd.people), len(crowd.people) + 1), hosts=hosts)
            await asyncio.sleep(1 / drill.order.send_rate)
        await asyncio.sleep(drill.random.uniform(0, KILLED_WITHIN_SECONDS))
        await moving.kill()
    drill.figures["arrived_meanwhile"] = drill.figures.get("arrived_meanwhile", 0) + 1
    return moving.status == 0


async def _move_meanwhile(drill: Drill, crowd: Crowd, bot: Program, home: Home, new: str) -> None:
    began, left, before = time.monotonic(), 0.0, len(crowd.people)
    hosts = max(2, drill.order.size // 10)
    async with home.running("move", "--to", new) as moving:
        while moving.status is None:
            await arrive(drill, crowd, range(len(crowd.people), len(crowd.people) + 1), hosts=hosts)
            await asyncio.sleep(1 / drill.order.send_rate)
            left = left or (time.monotonic() if bot.status is not None else 0.0)
    ended = time.monotonic()
    rows = re.search(r"([\d,]+) rows", moving.read_output())
    drill.figures |= {
        "rows": int(rows[1].replace(",", "")) if rows else 0,
        "arrived_meanwhile": len(crowd.people) - before,
        "move_ms": round(1000 * (ended - began)),
        "closed_ms": round(1000 * (ended - (left or ended))),
    }
    if moving.status or "each compared" not in moving.read_output():
        drill.findings.others.append(f"the move ended with {moving.status}: {moving.read_errors()[-500:]}")
    if bot.status != 1 or "is being moved" not in bot.read_errors():
        drill.findings.others.append(f"the bot was not asked to stop: {bot.status} {bot.read_errors()[-500:]}")


def _list_differences(old: str, new: str) -> list[str]:
    """Tables that do not hold the same rows here and there, by reading of its own: in any order, as sums of what they hash to."""
    found = []
    with closing(sqlite3.connect(old.removeprefix("sqlite:///"))) as here, closing(psycopg.connect(new)) as there:
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns]
            listed = ", ".join(f'"{name}"' for name in names)
            one = _sum_up(here.execute(f'SELECT {listed} FROM "{table.name}"'))  # names of our own
            with there.cursor(name="rows") as cursor:
                asked = SQL("SELECT {} FROM {}").format(SQL(", ").join(map(Identifier, names)), Identifier(table.name))
                other = _sum_up(cursor.execute(asked))
            found += [f"{table.name}: {one} here, {other} there"] if one != other else []
    return found


def _sum_up(rows: Iterable[tuple[object, ...]]) -> tuple[int, int]:
    count = total = 0
    for row in rows:
        count, total = count + 1, (total + hash(row)) % 2**61  # True and 1 hash alike, as they should here
    return count, total

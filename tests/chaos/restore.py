"""The restore drill: back up while people arrive, lose the machine, restore elsewhere, go on."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from bot.playground.world import Person, World
from storage import open_store
from storage.checks import list_faults
from tests.chaos.books import Books, Reader
from tests.chaos.crowd import Crowd, NeverCameError, find_link_codes
from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.joins import CHAT_RATE, SEND_RATE, settle
from tests.chaos.order import Order
from tests.chaos.plan import Action, Kind
from tests.chaos.stage import Stage, set_stage
from tests.journeys.program import furnish

PAUSE_SECONDS = 0.005
"""Between two arrivals: the bot is never idle while the backup is made."""

SETTINGS = {"SEND_RATE": str(SEND_RATE), "CHAT_RATE": str(CHAT_RATE)}


@dataclass(slots=True)
class Drill:
    """A shop goes to another database while people arrive: what happened so far."""

    order: Order
    file: Path
    random: Random
    inviters: dict[int, int] = field(default_factory=dict)
    """By friend, people by their numbers."""
    people: dict[int, Person] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    """Who had their greeting before the backup began."""
    findings: Findings = field(default_factory=Findings)
    figures: dict[str, Any] = field(default_factory=dict)
    updates: int = 0
    stopped: str = ""
    began: float = field(default_factory=time.monotonic)

    def report(self, *, kills: int) -> Report:
        """How it went, with so many kills, from its beginning to now."""
        return Report(
            order=self.order,
            stopped=self.stopped,
            updates=self.updates,
            kills=kills,
            seconds=time.monotonic() - self.began,
            findings=self.findings,
            figures=self.figures,
        )


async def run_restore(order: Order) -> Report:
    """Play the drill to its end and judge it; its size is how many people come before, and how many after."""
    drill = Drill(order, order.folder / "shop.backup", Random(order.seed))
    world, after = World(seed=order.seed), replace(order, folder=order.folder / "after")
    after.folder.mkdir()
    with lend_database(order.engine, order.folder) as lost, lend_database(order.engine, after.folder) as new:
        try:
            async with set_stage(order, lost, world, **SETTINGS) as stage:
                await _lose(drill, stage)
                await _restore(drill, stage, new)
            async with set_stage(after, new, world, **SETTINGS) as stage:
                await go_on(drill, stage)
        except NeverCameError as error:
            drill.stopped = str(error)
        else:
            await judge_drill(drill, new)
    return drill.report(kills=1)


async def _lose(drill: Drill, stage: Stage) -> None:
    """People come by the first of them, a backup is made meanwhile, and as it is whole the bot is killed."""
    crowd = Crowd(stage.telegram)
    await crowd.act(Action(Kind.ARRIVE, 0))
    first = range(1, max(2, drill.order.size // 10))
    await arrive(drill, crowd, first, hosts=1)
    await arrive(drill, crowd, range(first.stop, drill.order.size), hosts=first.stop)
    drill.people = crowd.people
    drill.seen = {number for number, person in crowd.people.items() if is_greeted(stage.world, person)}
    backing_up = asyncio.ensure_future(
        furnish(drill.order.folder / "backup", stage.telegram, DATABASE_URL=stage.url).run("backup", str(drill.file))
    )
    number = drill.order.size
    while not backing_up.done():
        await arrive(drill, crowd, range(number, number + 1), hosts=first.stop)
        number += 1
    done = await backing_up
    await stage.keeper.kill()
    if done.status:
        drill.findings.others.append(f"no backup: {done.read_errors()}")
    drill.figures |= {"arrived": number, "arrived_meanwhile": number - drill.order.size}
    drill.updates += len(stage.handed)


async def arrive(drill: Drill, crowd: Crowd, numbers: range, *, hosts: int) -> None:
    """Somebody comes by the link of one of the first, who all have theirs."""
    for number in numbers:
        drill.inviters.setdefault(number, drill.random.randrange(hosts))
        await crowd.act(Action(Kind.JOIN, number, drill.inviters[number]))
        await asyncio.sleep(PAUSE_SECONDS)


async def _restore(drill: Drill, stage: Stage, new: str) -> None:
    """Once into the empty database; a second time it is refused."""
    home = furnish(drill.order.folder / "restore", stage.telegram, DATABASE_URL=new)
    for wanted in (0, 1):
        restored = await home.run("restore", str(drill.file))
        if restored.status != wanted:
            drill.findings.others.append(f"restoring ended with {restored.status}: {restored.read_errors()}")
    books = await asyncio.to_thread(Reader(new).copy)
    known = {member.telegram_id for member in books.people.values() if member.started_at is not None}
    numbers = {person.id: number for number, person in drill.people.items()}
    drill.findings.lost += [
        f"{number} was greeted before the backup and is not in it"
        for number in drill.seen
        if drill.people[number].id not in known
    ]
    drill.findings.others += await list_faults_of(new)
    drill.figures |= {
        "in_backup": len(known),
        "open_in_backup": sum(state == "open" for state in books.updates.values()),
    }
    drill.figures["forgotten"] = len(numbers.keys() - known)


async def go_on(drill: Drill, stage: Stage) -> None:
    """Whom the backup does not know comes again by the same link, others come for the first time; then all is still."""
    crowd = Crowd(stage.telegram)
    crowd.people |= drill.people
    hosts, arrived = max(2, drill.order.size // 10), len(drill.people)
    books = await asyncio.to_thread(stage.reader.copy)
    again = [number for number, person in drill.people.items() if person.id not in books.people]
    for number in (*again, *range(arrived, arrived + drill.order.size)):
        await arrive(drill, crowd, range(number, number + 1), hosts=hosts)
    if not await settle(stage):
        drill.findings.lost.append("it never came to rest")
    await stage.keeper.stop()
    drill.people = crowd.people
    drill.findings.others += stage.keeper.problems
    drill.findings.notices_lost += [
        f"{number} was never greeted" for number, person in crowd.people.items() if not is_greeted(stage.world, person)
    ]
    drill.updates += len(stage.handed)


async def judge_drill(drill: Drill, new: str) -> None:
    """Everybody is credited to whose link they opened, once; nothing is left open or failed; the books balance."""
    books = await asyncio.to_thread(Reader(new).copy)
    numbers = {
        books.people[person.id].id: number for number, person in drill.people.items() if person.id in books.people
    }
    wanted = Counter((inviter, friend) for friend, inviter in drill.inviters.items())
    came = [(inviter, friend) for _, inviter, friend, _ in books.referrals if friend in numbers]
    found = Counter((numbers[inviter], numbers[friend]) for inviter, friend in came)
    drill.findings.compare_counts("referral", wanted, found)
    drill.findings.lost += [f"update {number} is {state}" for number, state in books.updates.items() if state != "done"]
    drill.findings.notices_lost += [f"{row}" for row in books.notices if row[2] != "sent"]
    drill.findings.others += [*await list_faults_of(new), *_list_unpaid(books)]


def _list_unpaid(books: Books) -> list[str]:
    """Members whose balance is another sum than their grants'."""
    granted: Counter[int] = Counter()
    for (_, person_id, points), times in books.rewards.items():
        granted[person_id] += points * times
    return [
        f"{member.id} has {member.balance} points and was granted {granted[member.id]}"
        for member in books.people.values()
        if (member.balance or 0) != granted[member.id]
    ]


async def list_faults_of(url: str) -> list[str]:
    """What is wrong with a database, in words."""
    async with open_store(url) as store:
        return await list_faults(store)


def is_greeted(world: World, person: Person) -> bool:
    """Whether somebody has their link."""
    return any(find_link_codes(message) for message in world.open_chat(person).messages.values())

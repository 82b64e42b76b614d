"""Somebody sends thousands of updates: does anybody else notice?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import quantiles

from sqlalchemy import create_engine, func, select
from sqlalchemy.pool import NullPool

from bot.playground.world import Message, Person
from storage.schema.messages import inbox
from storage.schema.referrals import referral
from tests.journeys.program import Program, furnish_forking
from tests.telegram import LocalTelegram

CHUNK = 50
"""Updates pushed before others may speak."""

ASK_SECONDS = 0.25
"""Between two questions of bystanders."""

DRAIN_SECONDS = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """What comes, from how many."""

    kind: str
    """messages, commands, taps, inline, or links: somebody's first link among a flood of words; or odds: corrections of one
    message, results of inline mode chosen, made-up taps, and the bot blocked and let in again."""
    senders: int
    each: int
    restart: bool = False

    def __str__(self) -> str:
        return f"{self.senders} x {self.each} {self.kind}{', killed in the middle' if self.restart else ''}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A bystander's question, answered."""

    seconds: float
    overtaken: int
    """Rows of the inbox that were closed between question and answer."""
    dead: bool = False
    """Asked while the process was dead or starting."""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of it."""

    flood: Flood
    answers: list[Answer] = field(default_factory=list)
    unanswered: int = 0
    answers_to_flooders: int = 0
    left_open: int = 0
    credited: int = 0
    """Flooders whose one link among all that noise was honoured."""
    grown_mebibytes: float = 0.0
    drained_seconds: float = 0.0

    def compute_p99(self, *, dead: bool = False) -> float:
        """Of what others waited, in seconds; of those who asked a dead process, if wanted."""
        waits = [answer.seconds for answer in self.answers if answer.dead == dead] or [0.0]
        return quantiles(waits, n=100, method="inclusive")[-1] if len(waits) > 1 else waits[0]

    def __str__(self) -> str:
        return (
            f"{self.flood}: others' p99 {self.compute_p99():.2f} s ({len(self.answers)} answered, {self.unanswered} not), flooders answered"
            f" {self.answers_to_flooders} times, {self.credited} links honoured, memory +{self.grown_mebibytes:.0f} MiB,"
            f" drained {self.drained_seconds:.0f} s after its end, {self.left_open} left"
        )


class Attack:
    """One flood against the real program.

    Args:
        telegram: Where everybody is.
        folder: For the program's files.
        url: An empty database.
        flood: What comes.
    """

    def __init__(self, telegram: LocalTelegram, folder: Path, url: str, flood: Flood) -> None:
        self._telegram, self._world = telegram, telegram.world
        self._home = furnish_forking(folder, telegram, DATABASE_URL=url, LOG_LEVEL="WARNING", SEND_RATE="1000")
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
        self._flood = flood
        self._outcome = Outcome(flood=flood)
        self._screens: dict[int, Message] = {}
        self._said: dict[int, Message] = {}
        self._numbers = count(1)
        self._dead = False

    async def run(self) -> Outcome:
        """Flood, and say what became of it."""
        program = await self._home.start()
        back: list[asyncio.Task[None]] = []
        try:
            await program.until_polling(self._telegram)
            flooders, bystanders = await self._gather()
            await self._until_cards(len(self._screens))
            before = _read_mebibytes(program)
            asking = asyncio.create_task(self._ask_for_ever(bystanders))
            await self._send(flooders, 0.5)
            grown = _read_mebibytes(program) - before
            if self._flood.restart:
                self._dead = True
                await program.kill()
                program = await self._home.start()
                back.append(asyncio.create_task(self._until_back(program)))
            await self._send(flooders, 1.0)
            ended_at = time.monotonic()
            await asyncio.gather(self._until_drained(), *back)
            self._outcome.drained_seconds = time.monotonic() - ended_at
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            self._outcome.grown_mebibytes = max(
                grown, 0.0 if self._flood.restart else _read_mebibytes(program) - before
            )
            self._conclude(flooders)
        finally:
            await program.kill()
        return self._outcome

    async def _gather(self) -> tuple[list[Person], list[Person]]:
        """Bystanders are members and warm; flooders are members where they need a screen to tap on."""
        bystanders = [self._world.add_person(f"Bystander {number}") for number in range(10)]
        flooders = [self._world.add_person(f"Flooder {number}") for number in range(self._flood.senders)]
        members = bystanders if self._flood.kind == "links" else [*bystanders, *flooders]
        for person in members:
            self._world.press_start(person)
        for person in members:
            self._screens[person.id] = await self._telegram.until_message(person, "Your link")
        for person in bystanders:
            await self._ask(person)
        self._outcome.answers.clear()
        return flooders, bystanders

    async def _until_cards(self, members: int) -> None:
        """What draws is imported at the first card, and counts for no flood."""
        counts = self._telegram.world.journal.counts
        await self._telegram.until(lambda: counts["sendPhoto"] >= members, timeout_seconds=60, what="everybody's card")

    async def _send(self, flooders: Sequence[Person], share: float) -> None:
        """Send up to a share of all that is to come; one link of a bystander's is among it."""
        first, last = (0, self._flood.each // 2) if share < 1 else (self._flood.each // 2, self._flood.each)
        for number in range(first, last):
            for person in flooders:
                self._send_one(person, number)
                if next(self._numbers) % CHUNK == 0:
                    await asyncio.sleep(0.01)

    def _send_one(self, person: Person, number: int) -> None:
        chat, kind = self._world.open_chat(person), self._flood.kind
        if kind == "links":
            link = number == self._flood.each // 3
            self._world.send_text(person, chat, f"/start {self._find_link()}" if link else f"word {number}")
        elif kind == "taps":
            data = ("invites", "rewards", "top", "menu")[number % 4]
            self._world.forge_tap(person, self._screens[person.id], data)
        elif kind == "odds":
            self._send_odd(person, number)
        elif kind == "inline":
            self._world.type_inline(person, chat, f"q{number}")
        else:
            self._world.send_text(
                person, chat, f"word {number}" if kind == "messages" else ("/help", "/top")[number % 2]
            )

    def _send_odd(self, person: Person, number: int) -> None:
        """What comes of other things than words, buttons that are there, and searches."""
        if number % 4 == 0:
            said = self._said.get(person.id)
            if said is None:
                said = self._world.send_text(person, self._world.open_chat(person), "word")
            self._said[person.id] = self._world.edit_text(person, said, f"word {number}")
        elif number % 4 == 1:
            chosen = {"result_id": str(number), "from": person.render(), "query": "q"}
            self._world.push_raw("chosen_inline_result", chosen)
        elif number % 4 == 2:
            self._world.forge_tap(person, self._screens[person.id], f"nothing:{number}")
        else:
            self._world.block(person)
            self._world.unblock(person)

    def _find_link(self) -> str:
        screen = next(iter(self._screens.values()))
        return screen.text.split("?start=")[1].split()[0]

    async def _ask_for_ever(self, bystanders: Sequence[Person]) -> None:
        async with asyncio.TaskGroup() as asked:
            while True:
                for person in bystanders:
                    asked.create_task(self._ask(person))
                    await asyncio.sleep(ASK_SECONDS)

    async def _ask(self, person: Person) -> None:
        began, closed, dead = time.monotonic(), self._count_closed(), self._dead
        said = self._world.send_text(person, self._world.open_chat(person), "/help")
        self._outcome.unanswered += 1
        await self._telegram.until_reply(said, timeout_seconds=DRAIN_SECONDS)
        self._outcome.unanswered -= 1
        self._outcome.answers.append(Answer(time.monotonic() - began, self._count_closed() - closed, dead))

    async def _until_back(self, program: Program) -> None:
        await program.until_polling(self._telegram)
        self._dead = False

    async def _until_drained(self) -> None:
        deadline = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < deadline:
            if not self._world.updates.count_waiting() and self._count_open() <= 1:  # a bystander's may be under way
                return
            await asyncio.sleep(0.2)

    def _conclude(self, flooders: Sequence[Person]) -> None:
        outcome, bot = self._outcome, self._world.bot
        outcome.left_open = max(0, self._count_open() - 1)
        outcome.answers_to_flooders = sum(
            message.sender == bot for person in flooders for message in self._world.open_chat(person).list_messages()
        )
        with self._engine.connect() as connection:
            outcome.credited = connection.scalar(select(func.count()).select_from(referral)) or 0

    def _count_open(self) -> int:
        return self._count("open")

    def _count_closed(self) -> int:
        return self._count("done")

    def _count(self, state: str) -> int:
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(inbox).where(inbox.c.state == state)) or 0


def _read_mebibytes(program: Program) -> float:
    status = Path(f"/proc/{program.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024

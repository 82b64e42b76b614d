"""Where attacks happen: the real process on a database of its own, beside a local Telegram; and what came of each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Executable, create_engine
from sqlalchemy.pool import NullPool

from bot.playground.waiting import Match
from bot.playground.world import Message, Person, World
from tests.chaos.databases import EngineName
from tests.journeys.program import PATIENCE_SECONDS, Home, Program, furnish, furnish_forking
from tests.storage.server import Server
from tests.telegram import LocalTelegram


@dataclass(slots=True)
class Verdict:
    """What was measured, and what should not be so."""

    figures: dict[str, float | str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: object, words: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.wrong.append(words)

    def __str__(self) -> str:
        figures = ", ".join(f"{name} {_show(value)}" for name, value in self.figures.items())
        return f"{figures}{' · WRONG: ' if self.wrong else ''}{'; '.join(self.wrong)}"


def _show(value: float | str) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@dataclass(kw_only=True)
class Ground:
    """A database, a folder and a Telegram for one attack."""

    engine: EngineName
    url: str
    folder: Path
    telegram: LocalTelegram
    full: bool = False
    """Its long form."""
    server: Server | None = None
    """Of a PostgreSQL database: may be restarted."""
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def world(self) -> World:
        """The humans' side."""
        return self.telegram.world

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    def size(self, short: int, full: int) -> int:
        """How many of something."""
        return full if self.full else short

    def furnish(self, **settings: str) -> Home:
        """A home for programs on this database."""
        chosen = {"DATABASE_URL": self.url, "LOG_LEVEL": "WARNING", "SEND_RATE": "1000", "CHAT_RATE": "1000"}
        start = furnish if self.full else furnish_forking
        return start(self.folder, self.telegram, **{**chosen, **settings})

    @asynccontextmanager
    async def running(self, home: Home) -> AsyncIterator[Program]:
        """A program that has begun to poll."""
        async with home.running() as program:
            await program.until_polling(self.telegram)
            yield program

    def add_person(self, name: str = "") -> Person:
        """Somebody new."""
        return self.world.add_person(name or f"Guest{next(self._names)}")

    async def join(self, name: str = "", link: str = "") -> Person:
        """Somebody new who starts the bot, by a link if given, and has been greeted."""
        person = self.add_person(name)
        await self.greet(person, link)
        return person

    async def greet(self, person: Person, link: str = "") -> None:
        """Somebody starts the bot, and has been greeted."""
        self.open(person, link)
        await self.telegram.until_message(person, "our link", timeout_seconds=PATIENCE_SECONDS)

    def open(self, person: Person, link: str = "") -> None:
        """Somebody starts the bot, and does not wait for the answer."""
        if link:
            self.world.open_link(person, link)
        else:
            self.world.press_start(person)

    async def ask(
        self, person: Person, text: str = "/help", match: Match = None, *, timeout_seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """What somebody is answered; `match` tells it from what comes meanwhile."""
        said = self.world.send_text(person, self.world.open_chat(person), text)
        return await self.telegram.until_reply(said, match, timeout_seconds=timeout_seconds)

    def find_link(self, person: Person) -> str:
        """The link in somebody's greeting."""
        messages = self.world.open_chat(person).list_messages()
        found = next(message.text for message in messages if "?start=" in message.text)
        return next(word for word in found.split() if "?start=" in word)

    def find_code(self, person: Person) -> str:
        """The code in somebody's link."""
        return self.find_link(person).partition("?start=")[2][:10]

    @contextmanager
    def behind(self) -> Iterator[Engine]:
        """The way into the database behind the program's back."""
        engine = create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
        try:
            yield engine
        finally:
            engine.dispose()

    def fetch(self, statement: Executable) -> list[Any]:
        """The rows of a statement."""
        with self.behind() as engine, engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]


Run = Callable[[Ground, Verdict], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of attack."""

    number: int
    """Its family."""
    name: str
    run: Run
    engines: tuple[EngineName, ...] = ("sqlite", "postgres")
    short_on: tuple[EngineName, ...] | None = None
    """Where its short form is tried; as a rule on all of them."""

    def __str__(self) -> str:
        return self.name

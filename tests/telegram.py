"""The local Telegram for tests: `async with local_telegram() as telegram`, or the fixture `telegram`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest

from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.faults import Faults
from bot.playground.waiting import Match, wait_for_message, wait_until
from bot.playground.world import Call, CallbackAnswer, Chat, InlineAnswer, InlineQuery, Message, Person, Tap, World

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
"""For whatever is waited for: a loaded machine takes its time, and what does not come is found out all the same."""


@dataclass(frozen=True, slots=True)
class LocalTelegram:
    """A world, the Bot API over it, and ways to wait for what the bot does."""

    server: Server

    @property
    def world(self) -> World:
        """People, chats, messages; the humans' side."""
        return self.server.world

    @property
    def faults(self) -> Faults:
        """What goes wrong on order."""
        return self.server.faults

    @property
    def url(self) -> str:
        """The value of BOT_API_URL, such as http://127.0.0.1:40000."""
        return self.server.url

    @property
    def token(self) -> str:
        """The value of BOT_TOKEN."""
        return self.server.token

    @property
    def base_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.url}/file/bot"

    async def until(
        self, find: Callable[[], T | None], *, timeout_seconds: float = PATIENCE_SECONDS, what: str = ""
    ) -> T:
        """Return the first `find()` that is true, asked now and after everything that happens."""
        return await wait_until(self.world, find, timeout_seconds=timeout_seconds, what=what)

    async def until_message(
        self,
        where: Chat | Person,
        match: Match = None,
        *,
        after: Message | int = 0,
        timeout_seconds: float = PATIENCE_SECONDS,
    ) -> Message:
        """Return the bot's first message in a chat, or to a person, that matches and is newer than `after`."""
        chat = self.world.open_chat(where) if isinstance(where, Person) else where
        return await wait_for_message(self.world, chat, match, after=after, timeout_seconds=timeout_seconds)

    async def until_reply(
        self, said: Message, match: Match = None, *, timeout_seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Return the bot's first message behind one a human sent."""
        return await self.until_message(said.chat, match, after=said, timeout_seconds=timeout_seconds)

    async def until_answered(self, tap: Tap, *, timeout_seconds: float = PATIENCE_SECONDS) -> CallbackAnswer:
        """Return what the bot answered a tap."""
        assert tap.callback is not None, f"a tap of kind {tap.kind} asks the bot nothing"
        callback = tap.callback
        return await self.until(lambda: callback.answer, timeout_seconds=timeout_seconds, what="an answer to the tap")

    async def until_results(self, query: InlineQuery, *, timeout_seconds: float = PATIENCE_SECONDS) -> InlineAnswer:
        """Return what the inline picker shows."""
        return await self.until(lambda: query.answer, timeout_seconds=timeout_seconds, what="inline results")

    async def until_call(self, method: str, count: int = 1, *, timeout_seconds: float = PATIENCE_SECONDS) -> Call:
        """Return the `count`-th call of a method that was answered."""

        def find() -> Call | None:
            answered = [call for call in self.world.journal.list_calls(method) if call.status or call.error]
            return answered[count - 1] if len(answered) >= count else None

        return await self.until(find, timeout_seconds=timeout_seconds, what=f"call {count} of {method}")

    async def until_polling(self, *, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the bot waits for updates, and so has fetched all there were."""
        polls = self.server.polls
        await self.until(lambda: polls.is_waiting, timeout_seconds=timeout_seconds, what="a poll")

    async def until_confirmed(self, *, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the bot has confirmed every update."""
        waiting = self.world.updates.count_waiting
        await self.until(lambda: waiting() == 0, timeout_seconds=timeout_seconds, what="confirmation of all updates")

    def assert_clean(self) -> None:
        """Fail if any call broke the contract of the Bot API."""
        assert not self.world.violations, "\n".join(map(str, self.world.violations))


@asynccontextmanager
async def local_telegram(
    world: World | None = None, *, token: str = "", port: int = 0, strict: bool = True
) -> AsyncIterator[LocalTelegram]:
    """Serve a world, a fresh one unless given, while the context lasts."""
    world = world or World()
    server = Server(world, token or make_token(world.bot.id), strict=strict)
    async with serve(server, port=port):
        yield LocalTelegram(server)


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    """A fresh local Telegram; fails the test if a call broke the Bot API's contract."""
    async with local_telegram() as local:
        yield local
        local.assert_clean()

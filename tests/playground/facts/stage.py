"""Where facts are tried: a world with a clock moved by hand, somebody who has pressed START, and a caller."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.playground.world import Chat, Message, Person, World
from tests.playground.calling import Caller, open_caller, start_person
from tests.telegram import local_telegram

SECOND = 1_000_000


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: int = 1_700_000_000 * SECOND

    def __call__(self) -> int:
        """Return the time it was moved to."""
        return self.now


@dataclass(frozen=True)
class Stage:
    """Everything that a probe needs."""

    caller: Caller
    world: World
    clock: Clock
    ann: Person

    async def tell(self, method: str, **params: Any) -> str:
        """Return how a call was answered: status, then words and parameters, or OK."""
        status, body = await self.caller.ask(method, **params)
        if body["ok"]:
            return f"{status} OK"
        given = json.dumps(body["parameters"]) if "parameters" in body else ""
        return f"{status} {body['description']} {given}".strip()

    async def say(self, **params: Any) -> str:
        """Return how a message to Ann was answered."""
        return await self.tell("sendMessage", **{"chat_id": self.ann.id, "text": "x", **params})

    async def show(self, button: dict[str, Any], chat_id: int | str = 0) -> str:
        """Return how a message with a button was answered."""
        markup = {"inline_keyboard": [[{"text": "x", **button}]]}
        return await self.say(reply_markup=markup, chat_id=chat_id or self.ann.id)

    async def send(self, **params: Any) -> Any:
        """Return the message that Ann got."""
        return await self.caller.call("sendMessage", **{"chat_id": self.ann.id, "text": "x", **params})

    def add_chat(self, kind: str, **more: Any) -> Chat:
        """Return a group, supergroup or channel of Ann's with the bot in it."""
        if kind == "channel":
            chat = self.world.add_channel("News", self.ann, **more)
        else:
            chat = self.world.add_group("Club", self.ann, basic=kind == "group", **more)
        self.world.add_bot(self.ann, chat)
        return chat

    def find(self, sent: dict[str, Any]) -> Message:
        """Return the message in the world that was rendered so."""
        return self.world.chats[sent["chat"]["id"]].messages[sent["message_id"]]


Probe = Callable[[Stage], Awaitable[str]]
"""Tries one fact and returns what the playground says."""


@asynccontextmanager
async def set_stage() -> AsyncIterator[Stage]:
    """Give a stage of its own."""
    clock = Clock()
    async with local_telegram(World(clock=clock)) as telegram, open_caller(telegram) as caller:
        yield Stage(caller, telegram.world, clock, start_person(telegram))


def tells(method: str, **params: Any) -> Probe:
    """Return a probe that is one call."""

    async def probe(stage: Stage) -> str:
        return await stage.tell(method, **params)

    return probe


def says(**params: Any) -> Probe:
    """Return a probe that is one message to Ann."""

    async def probe(stage: Stage) -> str:
        return await stage.say(**params)

    return probe


def shows(**button: Any) -> Probe:
    """Return a probe that is one button."""

    async def probe(stage: Stage) -> str:
        return await stage.show(button)

    return probe

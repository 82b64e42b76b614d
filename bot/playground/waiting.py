"""Waiting for the world to come to something: for tests, and for a page that follows it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import TypeVar

from bot.playground.world import Chat, Happening, Message, World

T = TypeVar("T")

Match = str | re.Pattern[str] | Callable[[Message], bool] | None
"""Which message: text it contains, a pattern found in it, or a question; None is any."""


async def wait_until(world: World, find: Callable[[], T | None], *, timeout_seconds: float = 5.0, what: str = "") -> T:
    """Return the first `find()` that is neither None nor False, asked now and after everything that happens."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def look(_happening: Happening | None = None) -> None:
        if not done.done() and (found := find()):
            done.set_result(found)

    stop = world.listen(look)
    try:
        look()
        return await asyncio.wait_for(done, timeout_seconds)
    except TimeoutError:
        raise AssertionError(f"waited {timeout_seconds} s in vain for {what or 'it'}") from None
    finally:
        stop()


async def wait_for_message(
    world: World, chat: Chat, match: Match = None, *, after: Message | int = 0, timeout_seconds: float = 5.0
) -> Message:
    """Return the first message of the bot's in a chat that matches, newer than `after`; edits count as they are now.

    AssertionError shows what the chat says instead.
    """
    after_id = after if isinstance(after, int) else after.id

    def find() -> Message | None:
        fitting = (message for message in chat.messages.values() if message.id > after_id)
        return next((message for message in fitting if _is_bots(world, message) and matches(message, match)), None)

    try:
        return await wait_until(world, find, timeout_seconds=timeout_seconds)
    except AssertionError:
        said = [message.text for message in list(chat.messages.values())[-5:]]
        raise AssertionError(f"no message like {match!r} in {timeout_seconds} s; the chat ends with {said}") from None


def matches(message: Message, match: Match) -> bool:
    """Whether a message is one of those meant."""
    if match is None:
        return True
    if isinstance(match, str):
        return match in message.text
    if isinstance(match, re.Pattern):
        return match.search(message.text) is not None
    return match(message)


def _is_bots(world: World, message: Message) -> bool:
    return message.sender in {world.bot, None} and not message.is_service

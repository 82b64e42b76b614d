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


async def wait_until(world: World, find: Callable[[], T | None], *, timeout_seconds: float = 20.0, what: str = "") -> T:
    """Return the first `find()` that is neither None nor False, asked now and after everything that happens."""
    words = f"waited {timeout_seconds} s in vain for {what or 'it'}"
    return await _follow(world, lambda _happening: find(), timeout_seconds, lambda: words)


async def wait_for_message(
    world: World, chat: Chat, match: Match = None, *, after: Message | int = 0, timeout_seconds: float = 20.0
) -> Message:
    """Return the first message of the bot's in a chat that matches, newer than `after`; edits count as they are now.

    AssertionError shows what the chat says instead.
    """
    after_id = after if isinstance(after, int) else after.id

    def fits(message: Message) -> bool:
        return message.id > after_id and _is_bots(world, message) and matches(message, match)

    def look(happening: Happening | None) -> Message | None:
        if happening is None:
            return next(filter(fits, chat.messages.values()), None)
        message = happening.message if happening.chat is chat and happening.kind in {"message", "edited"} else None
        return message if message is not None and fits(message) else None

    def explain() -> str:
        said = [message.text for message in list(chat.messages.values())[-5:]]
        return f"no message like {match!r} in {timeout_seconds} s; the chat ends with {said}"

    return await _follow(world, look, timeout_seconds, explain)


def matches(message: Message, match: Match) -> bool:
    """Whether a message is one of those meant."""
    if match is None:
        return True
    if isinstance(match, str):
        return match in message.text
    if isinstance(match, re.Pattern):
        return match.search(message.text) is not None
    return match(message)


async def _follow(
    world: World, look: Callable[[Happening | None], T | None], timeout_seconds: float, explain: Callable[[], str]
) -> T:
    """Return what `look` first finds, asked once without and then with each happening."""
    done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def hear(happening: Happening | None) -> None:
        if not done.done() and (found := look(happening)):
            done.set_result(found)

    stop = world.listen(hear)
    try:
        hear(None)
        async with asyncio.timeout(timeout_seconds):
            return await done
    except TimeoutError:
        raise AssertionError(explain()) from None
    finally:
        stop()


def _is_bots(world: World, message: Message) -> bool:
    return message.sender in {world.bot, None} and not message.is_service

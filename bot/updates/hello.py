"""The first words to Telegram at a start."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telegram.error import TelegramError

from bot.updates.application import PassalongApplication
from bot.updates.intake import PollerStuck, TokenRefused
from bot.wire.errors import FailureKind, classify
from bot.wire.signal import wait_set

logger = logging.getLogger(__name__)

HELLO_SECONDS = 60.0
"""For how long Telegram may fail to say who we are before the start is given up."""


async def say_hello(application: PassalongApplication[Any], stop: asyncio.Event) -> None:
    """Ask Telegram who we are, patiently.

    Raises:
        TokenRefused: Telegram does not know this token.
        PollerStuck: it has not answered for `HELLO_SECONDS`.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + HELLO_SECONDS
    while not stop.is_set():
        try:
            await _ask(application, stop)
        except TelegramError as error:
            failure = classify(error)
            if failure.kind is FailureKind.TOKEN_BAD:
                raise TokenRefused(f"Telegram refuses the bot's token: {failure.text}") from None
            if loop.time() > deadline:
                raise PollerStuck(f"Telegram does not answer: {failure.text}") from None
            logger.warning("Telegram does not answer yet (%s): %s", failure.kind, failure.text)
            await wait_set(stop, 1.0 + failure.retry_after)
        else:
            return


async def _ask(application: PassalongApplication[Any], stop: asyncio.Event) -> None:
    """Until it is answered, or nobody wants to know any more: a silent Telegram may take its time."""
    asking, stopping = asyncio.ensure_future(application.initialize()), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait([asking, stopping], return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            await asking
    finally:
        asking.cancel()
        stopping.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)

"""What the admins are told when the database is lost: straight over the wire, since the outbox lies in that database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress

from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.members import find_members_language
from bot.wire.telegram_bot import PassalongBot
from storage.errors import StoreError
from storage.store import Store

logger = logging.getLogger(__name__)

LAST_WORD_SECONDS = 3.0
"""The process ends for a reason: whoever cannot be told within this reads it in the log."""

LOOK_UP_SECONDS = 1.0
"""For asking a lost database for a language: it may still answer who only reads."""


async def watch_store(store: Store, bot: PassalongBot, admin_ids: Collection[int], language: str) -> None:
    """Wait until nothing may be written any more, and tell the admins as the last thing.

    Args:
        store: What is watched.
        bot: Who tells it.
        admin_ids: Telegram ids.
        language: Of admins whose own cannot be read any more.

    Raises:
        StoreError: always, and what is wrong.
    """
    try:
        await store.wait_lost()
    except StoreError:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_SECONDS):
                await asyncio.gather(*(_tell(store, bot, each, language) for each in admin_ids))
        raise


async def _tell(store: Store, bot: PassalongBot, admin_id: int, language: str) -> None:
    with suppress(StoreError, TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            known = await store.read(find_members_language, admin_id)
            language = known or language
    try:
        await bot.deliver(admin_id, OutgoingMessage(text=Texts(language).say("warning.database")))
    except Exception as error:  # noqa: BLE001 -- whoever cannot be told now reads it in the log
        logger.warning("An admin could not be told that the database is lost: %s", error)

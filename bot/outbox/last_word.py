"""What the admins are told when the database is lost: straight over the wire, since the outbox lies in that database."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.core.durations import DAY_SECONDS
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.members import find_members_language
from bot.wire.telegram_bot import PassalongBot
from storage.errors import LeaseLost, StoreError, StoreMoved
from storage.small_files import list_places, open_small_file
from storage.store import Store

logger = logging.getLogger(__name__)

LAST_WORD_SECONDS = 3.0
"""The process ends for a reason: whoever cannot be told within this reads it in the log."""

LOOK_UP_SECONDS = 1.0
"""For asking a lost database for a language: it may still answer who only reads."""

AGAIN_SECONDS = float(DAY_SECONDS)
"""Whoever starts the bot again and again over the same trouble is told of it once a day."""

NAME = "told"
_LONGEST_BYTES = 10_000
"""Of a file that is ours to read."""


async def watch_store(store: Store, bot: PassalongBot, admin_ids: Collection[int], *, url: str, language: str) -> None:
    """Wait until nothing may be written any more, and tell the admins as the last thing.

    Args:
        store: What is watched.
        bot: Who tells it.
        admin_ids: Telegram ids.
        url: The database's: beside it lies what was told already.
        language: Of admins whose own cannot be read any more.

    Raises:
        StoreError: always, and what is wrong.
    """
    try:
        await store.wait_lost()
    except (StoreMoved, LeaseLost):  # somebody at the machine has it so, or another process goes on
        raise
    except StoreError as error:
        await _say_once(url, str(error), admin_ids, lambda admin_id: _tell_known(store, bot, admin_id, language))
        raise


async def tell_of_start(bot: PassalongBot, admin_ids: Collection[int], url: str, trouble: str, language: str) -> None:
    """Tell the admins that a start found the database broken; likewise."""
    await _say_once(url, trouble, admin_ids, lambda admin_id: _tell(bot, admin_id, language))


Tell = Callable[[int], Coroutine[Any, Any, bool]]


async def _say_once(url: str, trouble: str, admin_ids: Collection[int], tell: Tell) -> None:
    """Tell all admins side by side, in bounded time; what reached none of them may be told again."""
    places = list_places(url, NAME)
    if not admin_ids or not _note_told(places, trouble):
        return
    told: list[bool | BaseException] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(LAST_WORD_SECONDS):
            told = list(await asyncio.gather(*(tell(each) for each in admin_ids), return_exceptions=True))
    if True not in told:
        _note_told(places, trouble, told=False)


async def _tell_known(store: Store, bot: PassalongBot, admin_id: int, language: str) -> bool:
    with suppress(StoreError, TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            known = await store.read(find_members_language, admin_id)
            language = known or language
    return await _tell(bot, admin_id, language)


async def _tell(bot: PassalongBot, admin_id: int, language: str) -> bool:
    """False where somebody cannot be told now, and has to read it in the log."""
    try:
        await bot.deliver(admin_id, OutgoingMessage(text=Texts(language).say("warning.database")))
    except Exception as error:  # noqa: BLE001 -- whatever it is
        logger.warning("An admin could not be told that the database is lost: %s", error)
        return False
    return True


def _note_told(places: Collection[Path], trouble: str, *, told: bool = True) -> bool:
    """Remember beside the database that its trouble is told; False where it was within a day, or nothing can be remembered.

    Numbers do not count: they differ from start to start.
    """
    now, kind = time.time(), sha256(re.sub(r"\d+", "", trouble).encode()).hexdigest()[:16]
    known = {each: at for place in places for each, at in _read(place).items() if 0 <= now - at < AGAIN_SECONDS}
    if told and kind in known:
        return False
    content = json.dumps({**known, kind: now} if told else {each: at for each, at in known.items() if each != kind})
    written = [_write(place, content) for place in places]
    return any(written)


def _read(place: Path) -> dict[str, float]:
    try:
        found = json.loads(place.read_bytes()[:_LONGEST_BYTES])
        return {str(kind): float(at) for kind, at in found.items()}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def _write(place: Path, content: str) -> bool:
    try:
        handle = open_small_file(place)
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, content.encode(), 0)
        finally:
            os.close(handle)
    except OSError:
        return False
    return True

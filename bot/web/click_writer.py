"""Clicks on their way into the store: many in one transaction, and no visitor waits for it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.services.visiting import Click, count_clicks
from bot.web.salt import DailySalt
from storage.errors import StoreError
from storage.store import Store

logger = logging.getLogger(__name__)

MOST_WAITING = 10_000
BATCH = 200


class ClickWriter:
    """Collects clicks while the store writes the ones before. It counts, it does not account: a crash may lose some."""

    def __init__(self, store: Store, salt: DailySalt, *, most_waiting: int = MOST_WAITING) -> None:
        self._store = store
        self._salt = salt
        self._most = most_waiting
        self._waiting: list[tuple[Click, str]] = []
        self._writing: asyncio.Task[None] | None = None

    def note(self, click: Click, address: str) -> None:
        """Have a click from an address counted soon; beyond the most that may wait it is not counted at all."""
        if len(self._waiting) >= self._most:
            return
        self._waiting.append((click, address))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())

    async def settle(self) -> None:
        """Wait until everything noted so far is written."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                named = [replace(click, visitor=await self._salt.name(address)) for click, address in batch]
                await self._store.write(count_clicks, clicked=named)
        except StoreError as error:
            logger.warning("%d clicks were not counted: %s", len(self._waiting), error)
            self._waiting.clear()
        finally:
            self._writing = None

"""Taking turns: whoever uploads a member's picture does so alone, so that nobody uploads the same one beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.wire.signal import Signal

PATIENCE_SECONDS = 5.0
"""Somebody who waits for an answer waits no longer for a turn: rather twice uploaded than late."""


class Turns:
    """Who has the turn, by Telegram id."""

    def __init__(self, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience_seconds = patience_seconds
        self._taken: set[int] = set()
        self._signal = Signal()

    def take(self, telegram_id: int) -> bool:
        """Take the turn; False while somebody has it."""
        if telegram_id in self._taken:
            return False
        self._taken.add(telegram_id)
        return True

    def give_back(self, telegram_id: int) -> None:
        """Let the next one go."""
        self._taken.discard(telegram_id)
        self._signal.tell()

    @asynccontextmanager
    async def alone(self, telegram_id: int) -> AsyncIterator[None]:
        """Wait for the turn, not for long, and have it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_seconds):
                await self._signal.wait_for(lambda: telegram_id not in self._taken)
        mine = self.take(telegram_id)
        try:
            yield
        finally:
            if mine:
                self.give_back(telegram_id)

"""Going through a whole audience beside the sender: page after page, each short enough for others to write in between."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from bot.core.broadcasts.timing import compute_page
from bot.services.broadcasts.planning import plan_on
from bot.telemetry import OWN_PACE
from storage.records import BroadcastId
from storage.store import Store

logger = logging.getLogger(__name__)


class AudiencePlanner:
    """Plans what it is given until all of it is planned, the oldest first, and rests then.

    Args:
        store: Where broadcasts and their recipients lie.
        note_planned: Called when an audience has been gone through.
        retry_seconds: How long to wait after a failed write.
    """

    def __init__(self, store: Store, note_planned: Callable[[], None], *, retry_seconds: float) -> None:
        self._store = store
        self._note_planned = note_planned
        self._retry_seconds = retry_seconds
        self.left: set[BroadcastId] = set()
        """What is being gone through, or waits for it."""
        self._task: asyncio.Task[None] | None = None

    def plan(self, broadcast_ids: Iterable[BroadcastId]) -> None:
        """Have these gone through."""
        self.left.update(broadcast_ids)
        if self.left and self._task is None:
            self._task = asyncio.create_task(self._run(), name="planning")

    async def stop(self) -> None:
        """Go through nothing more; the rest is planned after the next start."""
        self.left.clear()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=self._retry_seconds)
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        OWN_PACE.set(True)
        try:
            while self.left:
                await self._go_through(min(self.left))
        finally:
            self._task = None

    async def _go_through(self, broadcast_id: BroadcastId) -> None:
        looked, meant, seconds = 0, 0, 0.0
        while broadcast_id in self.left:
            limit = compute_page(looked, meant, seconds)
            began = time.monotonic()
            try:
                found = await self._store.write(plan_on, broadcast_id=broadcast_id, limit=limit)
            except Exception:
                logger.exception("An audience cannot be planned; trying again")
                await asyncio.sleep(self._retry_seconds)
                continue
            if found is None:
                self.left.discard(broadcast_id)
                self._note_planned()
                return
            looked, meant, seconds = limit, found, time.monotonic() - began

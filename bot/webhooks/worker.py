"""From what happened to other systems: each event at least once, those of one member in order, beside the bot's own work."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress

from bot.core.durations import SECOND
from bot.services.webhooks.delivering import Parcel, Result, find_next, find_parcels, settle
from bot.telemetry import Metrics
from bot.webhooks.posting import Poster
from bot.wire.signal import Batches, Signal, Watch
from storage.records import CommitDoubted, WrittenBeside
from storage.store import Store
from storage.tx import Tx
from storage.webhook import HookEventId, HookOwed, WebhookId

logger = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 30.0
"""Clocks are set, and what is due is looked at anew so often."""

MIN_PAUSE_SECONDS = 0.05
RETRY_SECONDS = 5.0
"""After a store that could not be read."""


class HookWorker:
    """Sends what other systems want to hear.

    Nothing is claimed: what was on its way when the process died is sent once more, under the same id. So an event arrives at
    least once, and whoever hears it twice knows it again.

    Args:
        store: Where events lie.
        poster: Who sends them; closed by `stop`.
        metrics: What counts them.
    """

    def __init__(
        self,
        *,
        store: Store,
        poster: Poster,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._poster = poster
        self._metrics = metrics
        self._results: Batches[Result] = Batches("answers of webhooks", self._settle)
        self._busy: dict[tuple[WebhookId, int], HookEventId] = {}
        """The lines that are under way, until what came of it is written down."""
        self._flights: set[asyncio.Task[None]] = set()
        self._stirred = True
        self._idle = False
        self._signal = Signal()
        self.watch = Watch()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Listen to the store, and go on with what an earlier process left; in the event loop."""
        self._store.subscribe(lambda _: self._stir(), HookOwed, CommitDoubted, WrittenBeside)
        self._task = self.watch.start(self._run(), name="telling other systems", for_ever=True)

    async def settled(self) -> None:
        """Return when nothing can be sent now."""
        await self._signal.wait_for(lambda: self._idle and not self._busy)

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Begin nothing more, give what is under way some time; the rest goes on at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._flights:
            await asyncio.wait(self._flights, timeout=limit_seconds)
        for flight in self._flights:
            flight.cancel()
        await self._results.drain(limit_seconds)
        await self._poster.close()

    def _stir(self) -> None:
        self._stirred, self._idle = True, False
        self._signal.tell()

    async def _run(self) -> None:
        while True:
            self._stirred = False
            try:
                parcels, pause = await self._store.read(find_next_parcels, self._list_busy())
                if self._store.tenure is not None:
                    await self._store.tenure.wait_held()  # what another process may be sending by now is that one's
            except Exception as error:  # noqa: BLE001 -- a store that is away is somebody else's alarm
                logger.warning("What other systems are to hear cannot be read: %s", error)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for parcel in parcels:
                self._launch(parcel)
            self._idle = not parcels and not self._stirred and pause != 0
            self._signal.tell()
            await self._wait(pause)

    async def _wait(self, pause: int | None) -> None:
        """Until something happens, or is due; what others write is told."""
        seconds = None if pause is None else max(min(pause / SECOND, LONGEST_WAIT_SECONDS), MIN_PAUSE_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._signal.wait_for(lambda: self._stirred)

    def _list_busy(self) -> dict[WebhookId, list[int]]:
        busy: dict[WebhookId, list[int]] = {}
        for webhook_id, line in self._busy:
            busy.setdefault(webhook_id, []).append(line)
        return busy

    def _launch(self, parcel: Parcel) -> None:
        post = parcel.post
        self._busy[post.webhook_id, post.line] = post.event_id
        flight = asyncio.create_task(self._fly(parcel), name=f"telling {parcel.message_id}")
        self._flights.add(flight)
        flight.add_done_callback(self._flights.discard)

    async def _fly(self, parcel: Parcel) -> None:
        answer = await self._poster.post(parcel)
        self._results.add(Result(post=parcel.post, answer=answer))

    async def _settle(self, results: list[Result]) -> None:
        await self._store.write(settle, results, random=random.random)
        for each in results:
            self._busy.pop((each.post.webhook_id, each.post.line), None)
            self._metrics.count(
                "webhooks_sent" if each.answer.status and each.answer.status < 300 else "webhooks_failed"
            )
        self._stir()


def find_next_parcels(tx: Tx, busy: dict[WebhookId, list[int]]) -> tuple[list[Parcel], int | None]:
    """What can be sent now, or else when the next can."""
    parcels = find_parcels(tx, busy=busy)
    return parcels, None if parcels else find_next(tx)

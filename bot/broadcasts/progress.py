"""How far a broadcast is, told to its author in one message that is edited in place."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.late import late
from bot.messages.texts import Texts
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.broadcasts.delivering import forget_progress, view_progress
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.signal import Signal
from bot.wire.telegram_bot import PassalongBot
from storage.records import BroadcastId, BroadcastState, DeliveryState
from storage.store import Store

if TYPE_CHECKING:
    from bot.messages.broadcasts import screens
else:
    screens = late("bot.messages.broadcasts.screens")

logger = logging.getLogger(__name__)

SAMPLES = 20
"""Looks back this many edits: about a minute, so that the time left follows the pace without jumping."""

_OPEN = frozenset({DeliveryState.QUEUED, DeliveryState.SENDING})


@dataclass(slots=True, eq=False)
class Pace:
    """The rate at which a broadcast gets on, as observed by this process."""

    samples: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=SAMPLES))

    def estimate(self, view: BroadcastView, now: float) -> float | None:
        """Seconds left; None while nobody can say."""
        if view.broadcast.state is not BroadcastState.RUNNING:
            self.samples.clear()
            return None
        done = sum(count for state, count in view.counts.items() if state not in _OPEN)
        self.samples.append((now, done))
        began_at, began_with = self.samples[0]
        if now <= began_at or done <= began_with:
            return None
        return (view.total - done) * (now - began_at) / (done - began_with)


@dataclass(slots=True, eq=False)
class _Shown:
    changed_at: float
    urgent: bool = False
    pace: Pace = field(default_factory=Pace)


class Progress:
    """Edits the progress messages one after the other, beside all sending; what can't be edited is let go.

    Args:
        store: Where broadcasts lie.
        bot: Who edits; the gate holds it to the chat's pace.
        is_quiet: Whether nothing of a broadcast is on its way or waits to be written down.
        interval_seconds: Between two edits of one message.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        is_quiet: Callable[[BroadcastId], bool],
        interval_seconds: float,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._bot = bot
        self._is_quiet = is_quiet
        self._interval = interval_seconds
        self._clock = clock
        self._shown: dict[BroadcastId, _Shown] = {}
        self._signal = Signal()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def show(self, broadcast_ids: Iterable[BroadcastId], *, at_once: bool = False) -> None:
        """Keep the messages of these broadcasts up to date from now on."""
        for broadcast_id in broadcast_ids:
            shown = self._shown.setdefault(broadcast_id, _Shown(self._clock()))
            shown.changed_at = self._clock()
            shown.urgent |= at_once
        self._signal.tell()
        if self._task is None and not self._stopped:
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Edit nothing more; the next process goes on with it."""
        self._stopped = True
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._signal.wait_for(lambda: bool(self._shown))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._signal.wait_for(self._is_urgent)
            for broadcast_id, shown in list(self._shown.items()):
                try:
                    await self._update(broadcast_id, shown)
                except Exception:
                    logger.exception("The progress of broadcast %d could not be shown", broadcast_id)

    def _is_urgent(self) -> bool:
        return any(shown.urgent for shown in self._shown.values())

    async def _update(self, broadcast_id: BroadcastId, shown: _Shown) -> None:
        """Edit one message; once nothing can change any more, for the last time."""
        shown.urgent, changed_at = False, shown.changed_at
        is_last = self._is_quiet(broadcast_id) and self._clock() - changed_at >= self._interval
        view = await self._store.read(view_progress, broadcast_id=broadcast_id)
        if view is None:
            del self._shown[broadcast_id]
            return
        failure = await self._edit(view, shown.pace.estimate(view, self._clock()))
        state = view.broadcast.state
        is_lost = failure is not None and failure.kind in {FailureKind.REFUSED, FailureKind.BLOCKED}
        is_told = failure is None and is_last and state is not BroadcastState.RUNNING
        if is_lost or (is_told and state is not BroadcastState.PAUSED):
            await self._store.write(forget_progress, broadcast_id=broadcast_id)
        if is_lost or (is_told and shown.changed_at == changed_at):
            del self._shown[broadcast_id]

    async def _edit(self, view: BroadcastView, seconds_left: float | None) -> Failure | None:
        """None when the message says what it should."""
        screen = screens.render_progress(Texts(view.member.language), view, seconds_left=seconds_left)
        try:
            await self._bot.edit(view.member.telegram_id, view.broadcast.progress_message_id or 0, screen)
        except Exception as error:  # noqa: BLE001 -- every error is classified
            failure = classify(error)
        else:
            return None
        if failure.is_unchanged:
            return None
        logger.warning(
            "The progress of broadcast %d could not be shown (%s): %s", view.broadcast.id, failure.kind, failure.text
        )
        return failure

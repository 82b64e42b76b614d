"""From a confirmed broadcast to its members: each is claimed durably before being written to, and never twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from bot.broadcasts.circuit_breaker import FIRST_REST_SECONDS, TROUBLES, CircuitBreaker, FailureWatch, FareWatch
from bot.broadcasts.flight_recorder import FlightRecorder
from bot.broadcasts.planner import AudiencePlanner
from bot.broadcasts.progress import Progress
from bot.broadcasts.sender import BroadcastSender, Landing
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.services.broadcasts.delivering import Claim, Ends, Step, begin, proceed, requeue_strays
from bot.wire.errors import FailureKind
from bot.wire.gate import Gate
from bot.wire.signal import Signal, Watch
from bot.wire.snapshot import Snapshot
from bot.wire.story_cards import Send, send_story
from bot.wire.telegram_bot import JSONDict, PassalongBot
from storage.broadcast import Recipient
from storage.records import BroadcastChanged, BroadcastId, CommitDoubted, DeliveryState, PersonId
from storage.store import Store

logger = logging.getLogger(__name__)

MOST_IN_FLIGHT = 200
"""However fast the gate: what is in flight when the process dies is unknown for ever."""

FIRST_CLAIM = 2
"""Doubled with each step: a process that has just begun opens its connections first."""

LINGER_SECONDS = 0.02
"""Outcomes gather this long before they are written down, with the next claim in the same transaction."""

MIN_PAUSE_SECONDS = 0.002
"""A clock may wake a little early: then the gate is asked again."""

GLANCE_SECONDS = 0.05
"""How often the gate is looked at while all its room is taken by answers and notices: their ends wake nobody here."""

LONGEST_WAIT_SECONDS = 30.0
"""Clocks are set, and what is due is looked at anew so often."""

PROGRESS_SECONDS = 3.0
STORE_RETRY_SECONDS = 1.0

_ALL = (False, True)
"""Broadcasts that are free of charge, and those paid for."""

_COUNTERS = {
    DeliveryState.SENT: "deliveries_sent",
    DeliveryState.BLOCKED: "deliveries_blocked",
    DeliveryState.FAILED: "deliveries_failed",
    DeliveryState.UNKNOWN: "deliveries_unknown",
}


class Broadcaster:
    """Sends every running broadcast under the gate, with few enough in flight that a crash leaves few in doubt.

    One loop writes, over and over: how deliveries ended and whom to write to next, in one transaction. A recipient
    counts as in flight from the claim until the outcome is written down, so that the database never shows more as
    `sending` than the limit.

    Args:
        store: Where broadcasts and their recipients lie.
        bot: Who sends, through `gate`.
        gate: Whose limit of messages in flight and whose bans it keeps to.
        get_snapshot: The shop as it is now; without one no message has a share button, and no story goes out.
        recorder: Tells the next process what had left when this one was killed; without one that is not known.
        most_in_flight: A limit below the gate's.
        linger_seconds: How long outcomes gather before they are written down.
        progress_seconds: Between two edits of a progress message.
        rest_seconds: The first rest after trouble with the connection.
        store_retry_seconds: How long to wait after a failed write.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        gate: Gate,
        get_snapshot: Callable[[], Snapshot | None] = lambda: None,
        recorder: FlightRecorder | None = None,
        most_in_flight: int = MOST_IN_FLIGHT,
        linger_seconds: float = LINGER_SECONDS,
        progress_seconds: float = PROGRESS_SECONDS,
        rest_seconds: float = FIRST_REST_SECONDS,
        store_retry_seconds: float = STORE_RETRY_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._gate = gate
        limits = {False: gate.in_flight_limit, True: gate.paid_in_flight_limit}
        self._most_in_flight = {paid: min(most_in_flight, limit) for paid, limit in limits.items()}
        self._linger_seconds = linger_seconds
        self._store_retry_seconds = store_retry_seconds
        self._clock = clock
        self._breaker = CircuitBreaker(clock, first_rest_seconds=rest_seconds)
        self._recorder = recorder or FlightRecorder(None)
        self._get_snapshot = get_snapshot
        self._sender = BroadcastSender(bot, self._note_landing, self._recorder, self._find_shop, self._send_story)
        self._progress = Progress(
            store=store, bot=bot, is_quiet=self._is_quiet, interval_seconds=progress_seconds, clock=clock
        )
        self._planner = AudiencePlanner(store, self._note_planned, retry_seconds=store_retry_seconds)
        self._most_claimed = FIRST_CLAIM
        self._ends = Ends()
        self._writing: Ends | None = None
        self._touched: set[BroadcastId] = set()
        self._hungry = set(_ALL)
        """Of which there may be somebody to claim at once: free of charge (False), paid for (True)."""
        self._due_at: float | None = None
        self._failures = FailureWatch()
        self._fares = FareWatch()
        self._doubtful = False
        self._stopping = False
        self._signal = Signal()
        self.watch = Watch()
        self._task: asyncio.Task[None] | None = None

    def _find_shop(self) -> Shop | None:
        snapshot = self._get_snapshot()
        return None if snapshot is None else snapshot.shop

    async def _send_story(self, person_id: PersonId, message: OutgoingMessage, send: Send) -> JSONDict:
        snapshot = self._get_snapshot()
        assert snapshot is not None
        return await send_story(self._store, snapshot, person_id, message, send)

    def start(self) -> None:
        """Listen to the store, and go on with what an earlier process left; in the event loop."""
        self._store.subscribe(self._note_events, BroadcastChanged, CommitDoubted)
        self._task = self.watch.start(self._run(), name="broadcasting", for_ever=True)

    async def settled(self) -> None:
        """Return when nobody is left to be written to and every outcome is written down."""
        await self._signal.wait_for(
            lambda: not (self._hungry or self._sender or self._ends or self._planner.left) and self._writing is None
        )

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Claim nothing more, give what is in flight some time; the rest goes on at the next start."""
        deadline = self._clock() + limit_seconds
        self._stopping = True
        self._progress.stop()
        await self._planner.stop()
        self._sender.recall()
        await self._sender.settled(limit_seconds)
        self._signal.tell()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=max(0.5, deadline - self._clock()))
            self._task.cancel()
            await asyncio.wait({self._task})
        self._recorder.close()

    def _note_events(self, events: Sequence[BroadcastChanged | CommitDoubted]) -> None:
        for event in events:
            if isinstance(event, BroadcastChanged) and not self._stopping:
                self._touched.add(event.broadcast_id)
                self._failures.forget(event.broadcast_id)
                self._sender.recall(event.broadcast_id)
                self._progress.show([event.broadcast_id])
                self._hungry = set(_ALL)
            elif isinstance(event, CommitDoubted):
                self._hungry = set(_ALL)
        self._signal.tell()

    async def _run(self) -> None:
        await self._begin()
        while not self._is_over():
            await self._wait_for_work()
            await asyncio.sleep(self._linger_seconds)
            await self._step()
            self._signal.tell()

    async def _begin(self) -> None:
        self._recorder.open()
        while not self._stopping:
            try:
                shown = await self._store.write(begin, former=self._recorder.former)
            except Exception:
                logger.exception("Broadcasts cannot be read; trying again")
                await asyncio.sleep(self._store_retry_seconds)
            else:
                self._progress.show(shown)
                return

    def _is_over(self) -> bool:
        return self._stopping and not self._sender and not self._ends

    async def _wait_for_work(self) -> None:
        """Return when there is something to write down, or somebody to claim.

        Somebody may have come while the gate had no room: how long to wait is asked anew then.
        """
        while not self._has_work():
            if self._due_at is not None and self._clock() >= self._due_at:
                self._hungry, self._due_at = set(_ALL), None
                continue
            has_news = self._has_work if self._hungry else self._has_news
            with suppress(TimeoutError):
                async with asyncio.timeout(self._compute_pause()):
                    await self._signal.wait_for(has_news)

    def _has_news(self) -> bool:
        return bool(self._hungry) or self._has_work()

    def _has_work(self) -> bool:
        return bool(self._ends) or self._is_over() or any(self._compute_room(paid=each) for each in self._hungry)

    def _compute_pause(self) -> float | None:
        """Seconds until somebody may be claimed; where only the end of another's message brings it, which nobody tells, a glance."""
        if not self._hungry:
            return None if self._due_at is None else max(self._due_at - self._clock(), MIN_PAUSE_SECONDS)
        opens = [wait for paid in self._hungry if (wait := self._gate.startable_in(paid=paid)) is not None]
        if not opens:
            return GLANCE_SECONDS
        return max(min(opens), self._gate.ban_left(), self._breaker.compute_rest(), MIN_PAUSE_SECONDS)

    def _compute_room(self, *, paid: bool) -> int:
        """How many messages may be claimed now, free of charge or paid for: only those that leave at once.

        Whoever is claimed and waits when the machine dies is in doubt for ever, for nothing. So the first claims are
        small: the connections have yet to be opened.
        """
        if self._stopping:
            return 0
        flying, waiting = self._sender.count(paid=paid)
        leaving = min(self._gate.count_startable(paid=paid), self._most_claimed) - waiting
        return max(0, min(leaving, self._breaker.compute_limit(self._most_in_flight[paid]) - flying))

    async def _step(self) -> None:
        """Write down what has ended and claim the next, in one transaction, then write to those."""
        if self._gate.ban_left() or self._breaker.compute_rest():
            self._sender.recall()
        limits = {paid: self._compute_room(paid=paid) for paid in _ALL}
        ends = self._writing = self._ends
        self._ends = Ends()
        self._touched.clear()
        self._hungry = {paid for paid, limit in limits.items() if not limit}
        try:
            step = await self._write(ends, limits)
        except Exception:
            logger.exception("The outcomes of a broadcast could not be written down; trying again")
            self._ends.add(ends)
            self._doubtful, self._hungry = True, set(_ALL)
            await asyncio.sleep(self._store_retry_seconds)
            return
        finally:
            self._writing = None
        self._note_step(step, ends, limits)

    async def _write(self, ends: Ends, limits: Mapping[bool, int]) -> Step:
        if self._doubtful:
            held = self._sender.list_keys() | ends.list_keys() | self._ends.list_keys()
            await self._store.write(requeue_strays, held=held)
            self._doubtful = False
        return await self._store.write(
            proceed,
            outcomes=ends.outcomes,
            returned=ends.returned,
            limit=limits[False],
            paid_limit=limits[True],
            paused=ends.paused,
            stopped=ends.stopped,
            unpaid=ends.unpaid,
            run=self._recorder.run,
        )

    def _note_step(self, step: Step, ends: Ends, limits: Mapping[bool, int]) -> None:
        self._recorder.forget(ends.list_keys())
        for outcome in ends.outcomes:
            self._gate.metrics.count(_COUNTERS[outcome.state])
        for claim in step.claims:
            self._launch(claim)
        self._most_claimed = min(2 * self._most_claimed, MOST_IN_FLIGHT)
        if step.finished:
            logger.info("Broadcasts done: %s", step.finished)
            self._progress.show(step.finished, at_once=True)
        if any(limits.values()):
            self._note_due(step.compute_wait(), is_all=all(limits.values()))
        self._hungry |= step.more
        if step.ahead and not self._stopping:
            self._planner.plan(step.ahead)

    def _note_due(self, wait: float | None, *, is_all: bool) -> None:
        """Keep when somebody is due next; what was known of broadcasts that were not looked at still holds."""
        known = [] if is_all or self._due_at is None else [self._due_at]
        found = [] if wait is None else [self._clock() + min(wait, LONGEST_WAIT_SECONDS)]
        self._due_at = min([*known, *found], default=None)

    def _note_planned(self) -> None:
        """Who is left is known, or that nobody is."""
        self._hungry = set(_ALL)
        self._signal.tell()

    def _launch(self, claim: Claim) -> None:
        """Write to those claimed, unless the broadcast was paused or cancelled while they were."""
        if self._stopping or claim.broadcast.id in self._touched:
            self._return(claim.recipients)
        else:
            self._sender.launch(claim)

    def _return(self, recipients: Iterable[Recipient]) -> None:
        self._ends.returned.extend(recipients)
        self._hungry = set(_ALL)

    def _note_landing(self, landing: Landing) -> None:
        if landing.outcome is not None:
            self._ends.outcomes.append(landing.outcome)
            if self._failures.note(landing.outcome.broadcast_id, landing.outcome.state):
                self._ends.stopped.add(landing.outcome.broadcast_id)
        else:
            self._return([landing.recipient])
        if landing.paid and self._fares.note(landing.recipient.broadcast_id, landing.failure):
            self._ends.unpaid.add(landing.recipient.broadcast_id)
        kind = landing.failure.kind if landing.failure else None
        if kind in TROUBLES:
            self._breaker.note_trouble(kind)
        elif kind is FailureKind.TOKEN_BAD:
            logger.error("Telegram refuses the token: broadcast %d is paused", landing.recipient.broadcast_id)
            self._ends.paused.add(landing.recipient.broadcast_id)
        elif landing.outcome is not None:
            self._breaker.note_answer()
        self._signal.tell()

    def _is_quiet(self, broadcast_id: BroadcastId) -> bool:
        keys = self._sender.list_keys() | self._ends.list_keys()
        if self._writing is not None:
            keys |= self._writing.list_keys()
        return all(held_id != broadcast_id for held_id, _ in keys)

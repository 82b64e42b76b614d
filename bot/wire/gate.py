"""The one door that every request to Telegram leaves by."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from telegram._utils.types import JSONDict
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.telemetry import metrics
from bot.wire.errors import PushedBack, classify
from bot.wire.pacing import GROUP_PER_MINUTE, Chat, Pacing, Priority, Ticket

logger = logging.getLogger(__name__)

Answer = bool | JSONDict | list[JSONDict]
Call = Callable[[], Coroutine[Any, Any, Answer]]

FLOOD_ATTEMPTS = 4
"""How often an answer or a notice is tried again after a 429, before its caller hears of it."""

LONGEST_REMEMBERED_SECONDS = 3600.0
"""A ban from before the start counts no longer than this: the wall clock may have been set meanwhile."""

_UNPACED = ("answer", "get")
"""They change nothing in a chat, and Telegram counts them apart."""

_SENDING = ("send", "forward", "copy")
_EDITING = ("edit", "stop")
_NO_MESSAGE = "sendChatAction"


class Gate(BaseRateLimiter[Priority]):
    """Paces, orders and, after a 429, stops every request; see `pacing` for the rules.

    Args:
        send_rate: Messages a second in all.
        chat_rate: Messages a second to one private chat.
        group_per_minute: Messages a minute to one group or channel.
        flood_wait_until: Until when a 429 of an earlier process forbids sending, UTC microseconds.
        remember_flood_wait: Called with the UTC microseconds until which nothing is sent, so that a
            restart keeps to it.
        cold_seconds: For how long after the start nothing is sent, since nobody knows what the process
            before has sent in its last second.
        pushed_back_seconds: How long to wait after a 429 that does not say.
        clock: Seconds, monotonic.
        wall_clock: UTC microseconds.
    """

    def __init__(
        self,
        *,
        send_rate: float,
        chat_rate: float,
        group_per_minute: int = GROUP_PER_MINUTE,
        flood_wait_until: int = 0,
        remember_flood_wait: Callable[[int], Awaitable[None]] | None = None,
        cold_seconds: float = 1.0,
        pushed_back_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._clock = clock
        self._wall_clock = wall_clock
        self._remember = remember_flood_wait
        self._pushed_back_seconds = pushed_back_seconds
        now = clock()
        self._pacing = Pacing(
            send_rate=send_rate,
            chat_rate=chat_rate,
            now=now,
            group_per_minute=group_per_minute,
            cold_seconds=cold_seconds,
        )
        left = (flood_wait_until - wall_clock()) / 1_000_000
        self._pacing.ban(now + min(left, LONGEST_REMEMBERED_SECONDS))
        self._waiters: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Stop the timer; whoever still waits is cancelled by its own owner."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def in_flight_limit(self) -> int:
        """How many notices and broadcasts are on their way at most: more waiting here would only lose order."""
        return self._pacing.in_flight_limit

    def delay_for(self, chat_id: Chat) -> float:
        """Seconds until this chat would take one more message; 0 if at once."""
        return self._pacing.compute_delay(_parse_chat(chat_id) or 0, self._clock())

    def interval_for(self, chat_id: Chat) -> float:
        """Seconds between two messages to this chat once its burst is used up."""
        return self._pacing.compute_interval(_parse_chat(chat_id) or 0)

    def ban_left(self) -> float:
        """Seconds for which Telegram's last 429 still forbids sending."""
        return self._pacing.compute_ban(self._clock())

    async def process_request(  # noqa: PLR0917 -- the base class's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Answer:
        """Call when the pace allows; after a 429 again, except a broadcast, whose owner hears of it at once."""
        call = partial(callback, *args, **kwargs)
        if endpoint.startswith(_UNPACED):
            return await self._call(call)
        priority = rate_limit_args or Priority.INTERACTIVE
        attempts = 1 if priority is Priority.BROADCAST else 1 + FLOOD_ATTEMPTS
        for attempt in range(1, attempts):
            try:
                return await self._call_in_turn(call, endpoint, data.get("chat_id"), priority)
            except (RetryAfter, PushedBack):
                logger.warning("%s waits for the end of a flood wait (attempt %d)", endpoint, attempt)
        return await self._call_in_turn(call, endpoint, data.get("chat_id"), priority)

    async def _call_in_turn(self, call: Call, endpoint: str, chat_id: object, priority: Priority) -> Answer:
        edits = endpoint.startswith(_EDITING)
        if endpoint == _NO_MESSAGE or not (edits or endpoint.startswith(_SENDING)):
            await self._outlast_ban()
            return await self._call(call)
        ticket = self._pacing.make_ticket(priority, _parse_chat(chat_id), self._clock(), edits=edits)
        await self._enter(ticket)
        metrics.count("requests_sent")
        try:
            return await self._call(call)
        finally:
            self._pacing.finish(ticket, self._clock())
            self._pump()

    async def _call(self, call: Call) -> Answer:
        try:
            return await call()
        except PushedBack:
            await self._begin_ban(self._pushed_back_seconds)
            raise
        except RetryAfter as error:
            await self._begin_ban(classify(error).retry_after)
            raise

    async def _begin_ban(self, seconds: float) -> None:
        metrics.count("floods")
        logger.warning("Telegram asks for %g seconds of silence", seconds)
        longer = seconds > self.ban_left()
        self._pacing.ban(self._clock() + seconds)
        self._pump()
        if longer and self._remember is not None:
            try:
                await self._remember(self._wall_clock() + int(seconds * 1_000_000))
            except Exception:
                logger.exception("The flood wait could not be stored; only a restart would break it")

    async def _outlast_ban(self) -> None:
        while (left := self.ban_left()) > 0:  # noqa: ASYNC110 -- the ban may have grown meanwhile
            await asyncio.sleep(left)

    async def _enter(self, ticket: Ticket) -> None:
        """Return when the request may start; once more if a ban began between its turn and its start."""
        while True:
            waiter = self._waiters[ticket] = asyncio.get_running_loop().create_future()
            self._pacing.queue(ticket, self._clock())
            self._pump()
            if not waiter.done():
                await self._wait(ticket, waiter)
            if not self.ban_left():
                return
            self._pacing.finish(ticket, self._clock())

    async def _wait(self, ticket: Ticket, waiter: asyncio.Future[None]) -> None:
        try:
            await waiter
        except asyncio.CancelledError:
            if self._waiters.pop(ticket, None):
                self._pacing.drop(ticket, self._clock())
            else:
                self._pacing.finish(ticket, self._clock())
            self._pump()
            raise

    def _pump(self) -> None:
        """Start what may start, and wake up when the next may."""
        now = self._clock()
        for ticket in self._pacing.release(now):
            waiter = self._waiters.pop(ticket)
            if not waiter.done():
                waiter.set_result(None)
        self._set_timer(self._pacing.compute_next(now), now)

    def _set_timer(self, moment: float | None, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if moment is not None:
            self._timer = asyncio.get_running_loop().call_later(moment - now, self._pump)


def _parse_chat(chat_id: object) -> Chat | None:
    """The chat as a number, or as the name of a public one; None where a request has no chat."""
    if isinstance(chat_id, int):
        return chat_id
    try:
        return int(str(chat_id))
    except ValueError:
        return str(chat_id) if chat_id else None

"""The one door that every request to Telegram leaves by."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from functools import partial
from math import ceil
from typing import Any

from telegram.error import RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.telemetry import Metrics
from bot.wire.calls import EVERYTHING, count_messages, find_kind, name_chat_scope, parse_chat, parse_chat_scope
from bot.wire.errors import FailureKind, Flooded, Lapsed, Muted, PushedBack, Unconfirmed, classify
from bot.wire.pacing import GROUP_PER_MINUTE, Chat, Pacing, Priority, Ticket
from bot.wire.telegram_bot import JSONDict
from storage.errors import StoreError
from storage.leases import Holder
from storage.records import Ban
from storage.store import Store
from storage.tables import flood_waits

logger = logging.getLogger(__name__)

Answer = bool | JSONDict | list[JSONDict]
Call = Callable[[], Coroutine[Any, Any, Answer]]

FLOOD_ATTEMPTS = 4
"""How often an answer, a notice or an errand is tried again after a 429, before its caller hears of it."""

PATIENCE_SECONDS = 10.0
"""An answer or a notice that would wait longer for its own chat is handed back: it would only hold a place in flight."""


_OWNED = frozenset({Priority.BROADCAST, Priority.PAID_BROADCAST})
"""Their owner hears of a 429 at once."""

MUTED: ContextVar[bool] = ContextVar("muted", default=False)
"""Whether the answers of the task that runs are left out, because whoever they are for sends too much."""


class Gate(BaseRateLimiter[Priority]):
    """Paces, orders and, after a 429, stops what Telegram refused; see `pacing` and `calls` for the rules.

    A 429 to a chat closes that chat, for messages and edits alike; one to a method that puts nothing into a chat
    closes the methods like it. Everything waits only when sends to two chats were refused and none arrived between.

    Args:
        send_rate: Messages a second in all, but for those that are paid for.
        chat_rate: Messages a second to one private chat.
        group_per_minute: Messages a minute to one group or channel.
        bans: What 429s of an earlier process still forbid.
        remember_ban: Called with every ban, so that a restart keeps to it.
        cold_seconds: For how long after the start nothing is sent, since nobody knows what the process
            before has sent in its last second.
        pushed_back_seconds: How long to wait after a 429 that does not say.
        patience_seconds: Longest wait for one chat's own ban or pace before the caller hears of it instead.
        holder: Asked before each request and once more when its turn has come: nothing leaves for a shop that another process
            may run by now. None: nobody else can.
        metrics: What counts; workers that ask this gate count there too.
        clock: Seconds, monotonic.
        wall_clock: UTC microseconds.
    """

    def __init__(
        self,
        *,
        send_rate: float,
        chat_rate: float,
        group_per_minute: int = GROUP_PER_MINUTE,
        bans: Sequence[Ban] = (),
        remember_ban: Callable[[Ban], Awaitable[None]] | None = None,
        cold_seconds: float = 1.0,
        pushed_back_seconds: float = 1.0,
        patience_seconds: float = PATIENCE_SECONDS,
        holder: Holder | None = None,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self.metrics = metrics or Metrics()
        self._clock = clock
        self._wall_clock = wall_clock
        self._remember = remember_ban
        self._holder = holder
        self._pushed_back_seconds = pushed_back_seconds
        self._patience_seconds = patience_seconds
        self._pacing = Pacing(
            send_rate=send_rate,
            chat_rate=chat_rate,
            now=clock(),
            group_per_minute=group_per_minute,
            cold_seconds=cold_seconds,
        )
        self.in_flight_limit = self._pacing.get_window().in_flight_limit
        """How many notices and broadcasts are on their way at most: more waiting here would only lose order."""
        self.paid_in_flight_limit = self._pacing.get_window(paid=True).in_flight_limit
        """Likewise, of messages that are paid for."""
        self._families: dict[str, float] = {}
        self._refused: tuple[Chat, float] | None = None
        """The chat of the last refused message, and when; None once a later message has arrived anywhere."""
        self._waiters: dict[Ticket, asyncio.Future[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        for ban in bans:
            self._recall(ban)

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Stop the timer; whoever still waits is cancelled by its own owner."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def connection_limit(self) -> int:
        """Connections to Telegram that there may be at once."""
        return max(256, int(self.in_flight_limit * 1.5))

    def count_startable(self, *, paid: bool = False) -> int:
        """How many messages that nobody waits for could leave right now, free of charge or paid for."""
        return self._pacing.count_startable(self._clock(), paid=paid)

    def startable_in(self, *, paid: bool = False) -> float | None:
        """Seconds until one more could leave; None while only an answer to another can bring it."""
        now = self._clock()
        moment = self._pacing.compute_startable_at(now, paid=paid)
        return None if moment is None else moment - now

    def delay_for(self, chat_id: Chat) -> float:
        """Seconds until this chat would take one more message; 0 if at once."""
        return self._pacing.compute_delay(parse_chat(chat_id) or 0, self._clock())

    def interval_for(self, chat_id: Chat) -> float:
        """Seconds between two messages to this chat once its burst is used up."""
        return self._pacing.compute_interval(parse_chat(chat_id) or 0)

    def ban_left(self) -> float:
        """Seconds for which Telegram still forbids all sending."""
        return max(0.0, self._pacing.banned_until - self._clock())

    async def process_request(  # noqa: PLR0917 -- the base class's signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Priority | None,
    ) -> Answer:
        """Call when the pace allows; after a short 429 again, except a broadcast, whose owner hears of it at once.

        Raises:
            RetryAfter: what was asked for is forbidden for longer than anybody should wait here; nothing was sent.
            Muted: it is an answer to somebody who floods.
            Lapsed: another process runs the shop.
        """
        if self._holder is not None and not self._holder.is_held():
            await self._wait_held(self._holder)
        priority, kind = rate_limit_args or Priority.INTERACTIVE, find_kind(endpoint)
        if MUTED.get() and priority is Priority.INTERACTIVE and kind.is_answer:
            raise Muted("Left out")
        call = partial(callback, *args, **kwargs)
        if kind.is_paced:
            chat, weight = parse_chat(data.get("chat_id")), 1
            if kind.several:
                weight = count_messages(data.get(kind.several))
            once = partial(self._call_in_turn, call, chat, priority, edits=kind.edits, weight=weight)
        else:
            once = partial(self._call_unpaced, call, kind.family, priority)
        waits = (kind.is_paced and priority not in _OWNED) or priority is Priority.ERRAND
        for attempt in range(1, 1 + FLOOD_ATTEMPTS * waits):
            try:
                return await once()
            except (RetryAfter, PushedBack) as error:
                if isinstance(error, RetryAfter) and self._is_too_long(classify(error).retry_after, priority):
                    raise
                logger.warning("%s waits for the end of a flood wait (attempt %d)", endpoint, attempt)
        return await once()

    def _is_too_long(self, seconds: float, priority: Priority) -> bool:
        return priority in {Priority.INTERACTIVE, Priority.NOTICE} and seconds > self._patience_seconds

    async def _call_unpaced(self, call: Call, family: str, priority: Priority) -> Answer:
        """Call what puts nothing into a chat; while its family is forbidden an errand waits, a person does not."""
        while (left := self._families.get(family, 0.0) - self._clock()) > 0:
            if priority is not Priority.ERRAND:
                raise Flooded(left)
            await asyncio.sleep(left)
        try:
            return await call()
        except (PushedBack, RetryAfter) as error:
            seconds = self._find_wait(error)
            self._families[family] = max(self._families.get(family, 0.0), self._clock() + seconds)
            await self._note_ban(family, seconds)
            raise

    async def _call_in_turn(
        self, call: Call, chat: Chat | None, priority: Priority, *, edits: bool, weight: int
    ) -> Answer:
        delay = self._pacing.compute_delay(chat or 0, self._clock(), edits=edits)
        if self._is_too_long(delay, priority):
            raise Flooded(delay)
        queued = self._clock()
        ticket = self._pacing.make_ticket(priority, chat, queued, edits=edits, weight=weight)
        await self._enter(ticket)
        self.metrics.count("requests_sent")
        began = self._clock()
        self.metrics.note_time("gate", began - queued)
        try:
            answer = await call()
        except (PushedBack, RetryAfter) as error:
            await self._face_refusal(chat, self._find_wait(error), edits=edits)
            raise
        except TelegramError as error:
            if priority is Priority.INTERACTIVE and not edits and classify(error).kind is FailureKind.UNKNOWN:
                raise Unconfirmed(str(error)) from None
            raise
        else:
            if self._refused is not None and began > self._refused[1]:
                self._refused = None
            return answer
        finally:
            now = self._clock()
            self.metrics.note_time("request", now - began)
            self._pacing.finish(ticket, now)
            self._pump()

    def _find_wait(self, error: PushedBack | RetryAfter) -> float:
        return classify(error).retry_after if isinstance(error, RetryAfter) else self._pushed_back_seconds

    async def _face_refusal(self, chat: Chat | None, seconds: float, *, edits: bool) -> None:
        """Close the chat; where another chat's message was refused just before, close everything."""
        now = self._clock()
        wide = chat is None or (self._refused is not None and self._refused[0] != chat and not edits)
        if chat is not None:
            self._pacing.ban_chat(chat, now + seconds, now)
            if not edits:
                self._refused = (chat, now)
        if wide:
            self._pacing.ban(now + seconds)
        self._pump()
        if chat is not None:
            await self._note_ban(name_chat_scope(chat), seconds)
        if wide:
            await self._note_ban(EVERYTHING, seconds)

    async def _note_ban(self, scope: str, seconds: float) -> None:
        """Say that a ban began, and have it stored."""
        self.metrics.count("floods")
        logger.warning("Telegram asks for %g seconds of silence (%s)", seconds, scope)
        if self._remember is None:
            return
        ban = Ban(scope=scope, until_at=self._wall_clock() + int(seconds * 1_000_000), wait_seconds=ceil(seconds))
        try:
            await self._remember(ban)
        except Exception:
            logger.exception("The flood wait could not be stored; only a restart would break it")

    def _recall(self, ban: Ban) -> None:
        """Keep to a ban of an earlier process, but no longer than it ever was: the clock may have been set meanwhile."""
        left = min((ban.until_at - self._wall_clock()) / 1_000_000, ban.wait_seconds)
        now, chat = self._clock(), parse_chat_scope(ban.scope)
        if left <= 0:
            return
        if chat is not None:
            self._pacing.ban_chat(chat, now + left, now)
        elif ban.scope == EVERYTHING:
            self._pacing.ban(now + left)
        else:
            self._families[ban.scope] = now + left

    async def _enter(self, ticket: Ticket) -> None:
        """Return when the request may start; once more if a ban, or a doubt whose shop it is, began before its start."""
        while True:
            waiter = self._waiters[ticket] = asyncio.get_running_loop().create_future()
            self._pacing.queue(ticket, self._clock())
            self._pump()
            if not waiter.done():
                await self._wait(ticket, waiter)
            held = self._holder is None or self._holder.is_held()
            if held and max(self._pacing.banned_until, ticket.lane.banned_until) <= self._clock():
                return
            self._pacing.finish(ticket, self._clock())
            if self._holder is not None and not held:
                await self._wait_held(self._holder)

    @staticmethod
    async def _wait_held(holder: Holder) -> None:
        """While the database is away nobody can say whose the shop is: what is to be sent waits for it."""
        try:
            await holder.wait_held()
        except StoreError as error:
            raise Lapsed(str(error)) from None

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
        moment = self._pacing.compute_next(now)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if moment is not None:
            self._timer = asyncio.get_running_loop().call_later(moment - now, self._pump)


async def open_gate(store: Store, *, send_rate: float, chat_rate: float, group_per_minute: int) -> Gate:
    """A gate that keeps to what Telegram forbade an earlier process, and has its own bans stored."""

    async def remember(ban: Ban) -> None:
        await store.write(flood_waits.set_ban, ban)

    return Gate(
        send_rate=send_rate,
        chat_rate=chat_rate,
        group_per_minute=group_per_minute,
        bans=await store.read(flood_waits.list_bans),
        remember_ban=remember,
        holder=store.tenure,
    )

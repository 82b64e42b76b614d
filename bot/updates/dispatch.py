"""From the inbox to the handlers: each sender's updates one by one, all senders in turn."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from telegram import Update

from bot.messages.joining.refusals import say_patience
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Texts
from bot.services.members import find_members_language
from bot.updates.application import PassalongApplication, refuse_non_blocking
from bot.updates.context import Attempt, is_wanted, read_update, run_handlers
from bot.updates.failures import GIVEN_UP, Failures
from bot.updates.fair_queue import FairQueue, Floods, Key, Waiting
from bot.updates.inline_queries import InlineQueries
from bot.updates.raw_updates import RawUpdate, parse_update
from bot.wire.gate import MUTED
from bot.wire.pacing import Priority
from bot.wire.signal import Batches, Signal, Watch
from storage.records import CommitDoubted, InboxRow, Seq, UpdateBrought, UpdatesKept
from storage.tables import inbox

logger = logging.getLogger(__name__)

PAGE = 200
"""Rows read from the inbox at once."""

RETRY_SECONDS = (0.5, 2.0)
"""Before the second and the third attempt at an update; its sender's later updates wait behind it."""

ATTEMPTS = 3

FLOODERS_PARALLEL = 4
"""Of those who flood so many are served at once."""

HURRY_SECONDS = 0.25
HURRY_REST_SECONDS = 0.01
"""While Telegram has more than one batch for us somebody else's update may be in it: those who flood rest this long
between two of theirs, until nothing has come for a while."""

STORE_RETRY_SECONDS = 1.0
_IN_CHATS = ("message", "edited_message", "my_chat_member")


class Dispatch:
    """Runs every open row of the inbox through the application's handlers, once to the end.

    Rows in memory are bounded, of each sender and in all: what does not fit stays in the table and is read from there in
    its turn. Whoever floods is not answered, but what can change something is done.

    Args:
        application: Built by `build_application`.
        parallel: How many senders' updates are handled at once.
        capacity: How many updates wait in memory at most; intake stops at it.
        retry_seconds: Waits before the second, third, … attempt; the last one repeats.
        attempts: After so many exceptions an update is given up; deaths of the process do not count.
        inline_parallel: How many inline queries are answered at once.
        inline_seconds: Inline queries that waited longer are dropped.
        floods: Knows who sends too much.
    """

    def __init__(
        self,
        application: PassalongApplication[Any],
        *,
        parallel: int = 64,
        capacity: int = 2000,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        attempts: int = ATTEMPTS,
        inline_parallel: int = 16,
        inline_seconds: float = 10.0,
        floods: Floods | None = None,
    ) -> None:
        self._application = application
        self._store = application.bot_data.store
        self.metrics = application.bot_data.metrics
        self._parallel = parallel
        self._capacity = capacity
        self._failures = Failures(self._store, self.metrics, retry_seconds=retry_seconds, attempts=attempts)
        self._floods = floods or Floods()
        self._queue = FairQueue(self._floods.is_flooding)
        self._flooders = 0
        self._hurry_until = 0.0
        self._running: set[asyncio.Task[None]] = set()
        self._closes: Batches[Seq] = Batches("handled updates", lambda seqs: self._store.write(inbox.close_all, seqs))
        self._inline = InlineQueries(
            self._handle_inline, metrics=self.metrics, parallel=inline_parallel, longest_wait_seconds=inline_seconds
        )
        self._read_upto = Seq(0)
        self._behind = True
        self._newer = False
        self._feeder: asyncio.Task[None] | None = None
        self._refiller: asyncio.Task[None] | None = None
        self._signal = Signal()
        self.watch = Watch()
        self._stopping = False

    def start(self) -> None:
        """Look at the handlers, and begin with the rows left open by an earlier process.

        Raises:
            NonBlockingHandler: a handler would not be waited for.
        """
        refuse_non_blocking(self._application)
        self._store.subscribe(self._note_brought, UpdatesKept, UpdateBrought, CommitDoubted)
        self._feed()

    def is_wanted(self, update: RawUpdate) -> bool:
        """Whether any handler wants an update; what nobody wants need not be stored.

        What somebody who floods says to the bot itself is taken without being read: reading would keep others waiting.
        """
        if update.is_happening:
            return False
        if self._floods.is_flooding(update.sender_id) and _is_to_bot(update.content):
            return True
        return is_wanted(update, chain.from_iterable(self._application.handlers.values()), self._application.bot)

    def take(
        self, rows: Sequence[InboxRow], parsed: Mapping[int, Update | None] | None = None, *, more: bool = False
    ) -> None:
        """Have rows handled that were just committed to the inbox, in the order of their `seq`.

        Args:
            rows: Rows.
            parsed: The updates in them, by update id, as far as they have been looked at.
            more: Whether Telegram probably has more.
        """
        if more:
            self._hurry_until = asyncio.get_running_loop().time() + HURRY_SECONDS
        # Rows of others may lie before these: in the inbox no number is given before the one ahead is committed.
        has_gap = bool(rows) and rows[0].seq > self._read_upto + 1
        if self._behind or self._queue.held >= self._capacity or has_gap:
            self.look()
            return
        for row in rows:
            if row.seq > self._read_upto:  # else catching up has found it in the table already
                self._put(row, parsed.get(row.update_id) if parsed else None)
        self._pump()

    def look(self) -> None:
        """Have the table read: it may hold rows that nobody told of, because another process committed them."""
        self._behind = self._newer = True
        self._feed()

    def _note_brought(self, events: Sequence[UpdatesKept | UpdateBrought | CommitDoubted]) -> None:
        """Another process has taken updates in for this one."""
        fleeting = [event for event in events if isinstance(event, UpdateBrought)]
        for each in fleeting:
            if (update := parse_update(json.loads(each.raw))) is not None:
                self.take_inline(update)
        if len(fleeting) < len(events):
            self.look()

    def take_inline(self, update: RawUpdate) -> None:
        """Have an inline query answered, or dropped if there is no hope."""
        if not self._stopping:
            self._inline.take(update)

    async def room(self) -> None:
        """Return when there is room for more updates."""
        if self._queue.held < self._capacity:
            return
        await self._signal.wait_for(lambda: self._queue.held < self._capacity)

    async def settled(self) -> None:
        """Return when every row known to be open is handled and closed."""
        await self._signal.wait_for(lambda: not (self._behind or self._running or self._queue))
        await self._inline.settled()
        await self._closes.drain(60.0)

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Begin nothing more, give what runs some time; the rest stays open in the inbox."""
        deadline = asyncio.get_running_loop().time() + limit_seconds
        self._stopping = True
        for task in (self._feeder, self._refiller, *self._application.bot_data.errands):
            if task is not None:
                task.cancel()
        await self._inline.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=limit_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._closes.drain(max(0.5, deadline - asyncio.get_running_loop().time()))

    def _put(self, row: InboxRow, update: Update | None = None) -> None:
        self._floods.begin(row.sender_id)
        self._queue.put(row.sender_id if row.sender_id is not None else f"seq {row.seq}", row, update)
        self._read_upto = max(self._read_upto, row.seq)

    def _feed(self) -> None:
        if self._feeder is None or self._feeder.done():
            self._feeder = self.watch.start(self._catch_up())

    async def _catch_up(self) -> None:
        """Read what lies in the table until every sender with open rows has a line in memory."""
        while self._behind:
            await self._signal.wait_for(lambda: self._queue.held <= self._capacity // 2)
            self._newer = False
            try:
                rows = await self._store.read(inbox.list_open, after=self._read_upto, limit=PAGE)
            except Exception:
                logger.exception("The inbox cannot be read; trying again")
                await asyncio.sleep(STORE_RETRY_SECONDS)
                continue
            for row in rows:
                self._put(row)
            self._behind = len(rows) == PAGE or self._newer
            self._pump()
            self._signal.tell()

    async def _refill(self) -> None:
        """Read the next rows of senders whose lines are longer than memory holds."""
        while hungry := self._queue.next_hungry():
            key, after, limit = hungry
            upto = self._read_upto  # what comes later is put into its line when it is read for everybody
            try:
                rows = await self._store.read(inbox.list_open_of, int(key), after=after, upto=upto, limit=limit)
            except Exception:
                logger.exception("The inbox cannot be read; trying again")
                await asyncio.sleep(STORE_RETRY_SECONDS)
                continue
            self._queue.refill(rows)
            self._pump()
            self._signal.tell()

    def _pump(self) -> None:
        while len(self._running) < self._parallel and not self._stopping and (taken := self._queue.take()):
            self._running.add(asyncio.create_task(self._serve(*taken)))
        while self._flooders < FLOODERS_PARALLEL and not self._stopping and (taken := self._queue.take(slow=True)):
            self._flooders += 1
            self._running.add(asyncio.create_task(self._serve_flooder(*taken)))

    async def _serve_flooder(self, key: Key, waiting: Waiting) -> None:
        """As any other, but others first."""
        try:
            if asyncio.get_running_loop().time() < self._hurry_until:
                await asyncio.sleep(HURRY_REST_SECONDS)
            await self._serve(key, waiting)
        finally:
            self._flooders -= 1
        self._pump()

    async def _serve(self, key: Key, waiting: Waiting) -> None:
        """One attempt at one row, then on with the line, or a rest before the next attempt."""
        began = time.monotonic()
        rest_seconds = await self._attempt(waiting)
        self.metrics.note_time("handling", time.monotonic() - began)
        if rest_seconds is None:
            self._floods.end(waiting.row.sender_id)
            self._queue.finish(key)
        else:
            self._queue.put_back(key, waiting)
            asyncio.get_running_loop().call_later(rest_seconds, self._resume, key)
        task = asyncio.current_task()
        assert task is not None
        self._running.discard(task)
        self._pump()
        if self._queue.hungry and (self._refiller is None or self._refiller.done()) and not self._stopping:
            self._refiller = asyncio.create_task(self._refill())
        self._signal.tell()

    def _resume(self, key: Key) -> None:
        self._queue.resume(key)
        self._pump()

    async def _attempt(self, waiting: Waiting) -> float | None:
        """Seconds until the next attempt, None when the row is done with."""
        row, attempt = waiting.row, Attempt(row=waiting.row)
        try:
            update = waiting.update or read_update(row.raw, self._application.bot)
            attempt = Attempt.at(update, row)
            sender_id = row.sender_id
            if (
                sender_id is None
                or not self._floods.is_flooding(sender_id)
                or self._is_worth_it(sender_id, update, attempt)
            ):
                await run_handlers(self._application, update, attempt, is_stopping=lambda: self._stopping)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is this row's
            waiting.rests += 1
            rest = await self._failures.conclude(row, attempt, error, rests=waiting.rests - 1)
            if rest is not None:
                return None if rest == GIVEN_UP else rest
        self.metrics.count("updates_done")
        if not attempt.closed:
            self._closes.add(row.seq)
        return None

    def _is_worth_it(self, sender_id: int, update: Update, attempt: Attempt) -> bool:
        """Whether to try what somebody has sent who floods: they are muted, and what they repeat changes nothing."""
        self.metrics.count("updates_muted")
        MUTED.set(True)  # in this row's task alone
        if self._floods.may_tell(sender_id):
            errands = self._application.bot_data.errands
            topic_id = attempt.topic_id if attempt.chat_id == sender_id else None
            task = asyncio.create_task(self._ask_for_patience(sender_id, topic_id))
            errands.add(task)
            task.add_done_callback(errands.discard)
        return not self._floods.repeats(sender_id, _find_wish(update))

    async def _ask_for_patience(self, sender_id: int, topic_id: int | None) -> None:
        """The one answer that somebody who floods gets in a minute."""
        try:
            language = await self._store.read(find_members_language, sender_id)
            if language is not None:
                words = OutgoingMessage(text=say_patience(Texts(language)))
                await self._application.bot.deliver(sender_id, words, thread_id=topic_id, priority=Priority.NOTICE)
        except Exception as error:  # noqa: BLE001 -- it is a courtesy
            logger.info("Somebody who floods could not be told so: %s", error)

    async def _handle_inline(self, raw: RawUpdate) -> None:
        update = read_update(raw.content, self._application.bot)
        await run_handlers(self._application, update, Attempt(), is_stopping=lambda: self._stopping)


def _is_to_bot(content: Mapping[str, Any]) -> bool:
    """A tap, a result chosen, or what happens in the bot's private chat with somebody: whatever others hear is another matter."""
    if "callback_query" in content or "chosen_inline_result" in content:
        return True
    told: Mapping[str, Any] = next((content[kind] for kind in _IN_CHATS if isinstance(content.get(kind), dict)), {})
    return (told.get("chat") or {}).get("type") == "private"


def _find_wish(update: Update) -> str:
    """The tap or command, so that it can be told from the next one; empty for what somebody says in words of their own."""
    if update.callback_query is not None:
        message = update.callback_query.message
        return f"{update.callback_query.data} on {message.message_id if message else 0}"
    text = (update.message.text or "") if update.message is not None else ""
    return text if text.startswith("/") else ""

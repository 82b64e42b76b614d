"""From the outbox to the chats: every owed notice is sent at least once, merged where notices pile up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from bot.messages.notices import Renderers
from bot.outbox.rounds import Report, Settlement
from bot.outbox.sender import Sender, ShopChats, settle_all
from bot.wire.gate import Gate
from bot.wire.signal import Batches, Signal, Watch
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot
from storage.addresses import Address, ChatAddress
from storage.errors import StoreError
from storage.records import CommitDoubted, NoticeId, NoticeOwed, NoticeState, WrittenBeside
from storage.store import Store
from storage.tables import outbox

logger = logging.getLogger(__name__)

ATTEMPTS = 8
RETRY_SECONDS = (1.0, 4.0, 16.0, 60.0, 120.0, 240.0, 300.0)
"""Waits between attempts of unknown outcome: eight of them outlast ten minutes of a broken server."""

CAPACITY = 20_000
PAGE = 500
MOST_MERGED = 500
"""Notices for a member given to the renderer at once."""
MOST_GATHERED = 5_000
"""Notices for a chat: a digest is one post."""

LONGEST_HOLD_SECONDS = 900.0
"""What is not due yet is looked at so often, should the machine's clock be put right meanwhile."""
SLACK_SECONDS = 0.05
"""So much too early is in time."""

QUIET_SECONDS = 0.2
"""So long after the last round whoever waits for quiet still waits: while people come one after the other, there is none."""

GAP_GROWTH = 2.0
LONGEST_GAP = 16.0
"""In paces of a private chat: while notices keep coming, letters to one chat become rarer up to this."""


@dataclass(slots=True, eq=False)
class _Line:
    """One recipient's notices in memory."""

    ids: list[NoticeId] = field(default_factory=list)
    opens_at: float = float("-inf")
    gap: float = 0.0
    """Seconds between the last two letters; 0 before the first."""
    tries: int = 0
    """Failed rounds since the last letter that arrived."""
    busy: bool = False
    timer: asyncio.TimerHandle | None = None


class OutboxWorker:
    """Sends every notice that is owed, now and from now on.

    The first notice to a recipient leaves at once. Those that come before the chat's pace allows the next letter are
    rendered together; while they keep coming the letters become rarer. Only ids are kept in memory, and only so
    many; the rest is read from the outbox later.

    Args:
        store: Where the outbox lies.
        bot: Who sends.
        gate: Whose pace it asks.
        snapshots: Who speaks, as of each round.
        renderers: Make messages of notices.
        chats: Where notices go that are for no member; by itself there are none.
        attempts: After so many attempts of unknown outcome a notice is given up.
        retry_seconds: Waits after a failed attempt; the last one repeats.
        capacity: How many notices are in memory at most.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        store: Store,
        bot: PassalongBot,
        gate: Gate,
        snapshots: Snapshots,
        renderers: Renderers,
        chats: ShopChats | None = None,
        attempts: int = ATTEMPTS,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._gate = gate
        self._retry_seconds = tuple(retry_seconds)
        self._capacity = capacity
        self._clock = clock
        self._settlements: Batches[Settlement] = Batches("ends of notices", self._settle)
        self._sender = Sender(
            store=store,
            bot=bot,
            snapshots=snapshots,
            renderers=renderers,
            chats=chats or ShopChats(store),
            settle=self._settlements.add,
            gate=gate,
            attempts=attempts,
            metrics=gate.metrics,
        )
        self._lines: dict[Address, _Line] = {}
        self._ready: deque[Address] = deque()
        self._known: set[NoticeId] = set()
        self._gone: set[NoticeId] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._held: dict[NoticeId, float] = {}
        """What is not due yet, with when to look at it again."""
        self._next_due: asyncio.TimerHandle | None = None
        """Set while something is held that is not due yet."""
        self._behind = False
        self._missed = False
        self._written_beside = asyncio.Event()
        self._loader: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._signal = Signal()
        self._listeners: list[Callable[[], None]] = []
        self._busy_at = float("-inf")
        """When the last round ended."""
        self.watch = Watch()
        self._stopping = False

    def start(self) -> None:
        """Listen to the store, and begin with what an earlier process left owed."""
        self._store.subscribe(self._note_events, NoticeOwed, CommitDoubted, WrittenBeside)
        self._load_later()
        self._looking = self.watch.start(self._look_beside(), name="looking for what is owed beside", for_ever=True)

    async def wait_quiet(self, limit_seconds: float) -> None:
        """Return when no notice has been on its way for a moment, nor could be; or after some time at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_seconds):
                while (left := self._busy_at + QUIET_SECONDS - self._clock()) > 0 or self._ready or self._running:
                    await self._signal.wait_for(lambda: not (self._ready or self._running))
                    await asyncio.sleep(max(0.0, left))

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Have a listener told whenever notices have ended; it must not raise."""
        self._listeners.append(listener)

    async def settled(self) -> None:
        """Return when nothing is owed that this process knows of."""
        await self._signal.wait_for(lambda: not self._behind and not self._known)

    async def stop(self, limit_seconds: float = 5.0) -> None:
        """Send nothing more, give what is on its way some time; what is not sent stays owed."""
        deadline = self._clock() + limit_seconds
        self._stopping = True
        if self._next_due is not None:
            self._next_due.cancel()
        for line in self._lines.values():
            if line.timer is not None:
                line.timer.cancel()
        for task in (self._loader, self._looking):
            if task is not None:
                task.cancel()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=limit_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._settlements.drain(max(0.5, deadline - self._clock()))

    def _note_events(self, events: Sequence[NoticeOwed | CommitDoubted | WrittenBeside]) -> None:
        for event in events:
            if isinstance(event, NoticeOwed):
                self._add(event.notice_id, event.address)
            elif isinstance(event, CommitDoubted):
                self._load_later()
            else:
                self._written_beside.set()
        self._pump()

    def _add(self, notice_id: NoticeId, address: Address) -> None:
        if notice_id in self._known or self._stopping or self._held.get(notice_id, 0.0) > self._clock() + SLACK_SECONDS:
            return
        if len(self._known) >= self._capacity:
            self._load_later()
            return
        self._known.add(notice_id)
        self._held.pop(notice_id, None)
        line = self._lines.setdefault(address, _Line())
        line.ids.append(notice_id)
        if len(line.ids) == 1 and not line.busy and line.timer is None:
            self._ready.append(address)

    def _load_later(self) -> None:
        self._behind = self._missed = True
        if self._loader is None or self._loader.done():
            self._loader = self.watch.start(self._load())

    async def _look_beside(self) -> None:
        while True:
            await self._written_beside.wait()
            self._written_beside.clear()
            try:
                owed = await self._store.read(outbox.count_owed)
            except StoreError:
                continue  # whoever cannot do without the store says so
            if not self._behind and owed > len(self._known | self._held.keys()):
                self._load_later()

    async def _load(self) -> None:
        """Read owed notices until memory holds all of them, or is full; then again once it is half empty."""
        while self._behind:
            await self._signal.wait_for(lambda: len(self._known) <= self._capacity // 2)
            self._missed = False
            self._gone.clear()
            self._held = {each: at for each, at in self._held.items() if at > self._clock()}  # some were taken back
            try:
                await self._load_pages()
            except Exception:
                logger.exception("The outbox cannot be read; trying again")
                await asyncio.sleep(self._retry_seconds[0])
            else:
                self._behind = self._missed
        self._signal.tell()

    async def _load_pages(self) -> None:
        after: NoticeId | None = NoticeId(0)
        while after is not None and not self._missed:
            notices = await self._store.read(outbox.list_owed, after=after, limit=PAGE)
            for notice in notices:
                if notice.id not in self._gone:  # settled since that page was read
                    self._add(notice.id, notice.address)
            after = notices[-1].id if len(notices) == PAGE else None
        self._pump()  # not before: a chat's digest may begin on one page and end on another

    def _pump(self) -> None:
        while self._ready and len(self._running) < self._gate.in_flight_limit and not self._stopping:
            address = self._ready.popleft()
            task = self.watch.start(self._serve(address, self._lines[address]))
            self._running.add(task)
            task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._busy_at = self._clock()
        self._pump()
        self._signal.tell()

    async def _serve(self, address: Address, line: _Line) -> None:
        """One round: all that is owed to one recipient, as one or more letters."""
        line.busy = True
        most = MOST_GATHERED if isinstance(address, ChatAddress) else MOST_MERGED
        ids, line.ids = line.ids[:most], line.ids[most:]
        try:
            report = await self._sender.deliver(address, ids)
        except Exception:
            logger.exception("Notices could not be delivered; trying again")
            report = Report(left=ids)
        line.ids[:0] = report.left
        line.busy = False
        line.opens_at = self._clock() + self._compute_rest(line, report)
        self._known.difference_update(report.vanished, report.held)
        if report.held and not self._stopping:
            self._hold(report.held)
        self._signal.tell()
        if not self._stopping:
            wait = max(0.0, line.opens_at - self._clock())
            line.timer = asyncio.get_running_loop().call_later(wait, self._open, address, line)

    def _hold(self, held: Mapping[NoticeId, float]) -> None:
        """Read what is owed once more when the first of what is not due yet will be."""
        now, loop = self._clock(), asyncio.get_running_loop()
        self._held |= {each: now + min(wait, LONGEST_HOLD_SECONDS) for each, wait in held.items()}
        begins, ends = loop.time(), loop.time() + min(LONGEST_HOLD_SECONDS, *held.values())
        if self._next_due is None or not begins < self._next_due.when() <= ends:
            self._next_due = loop.call_at(ends, self._load_later)

    def _compute_rest(self, line: _Line, report: Report) -> float:
        """Seconds until the recipient's next letter."""
        if report.sent_to is not None:
            base = self._gate.interval_for(report.sent_to)
            longest = max(base, LONGEST_GAP * self._gate.interval_for(1))
            line.gap = min(line.gap * GAP_GROWTH, longest) if line.gap else base
            line.tries = 0
        if report.wait is not None:
            return report.wait
        if report.left:
            line.tries += 1
            return min(report.most_wait, self._retry_seconds[min(line.tries, len(self._retry_seconds)) - 1])
        return max(line.gap, self._gate.delay_for(report.sent_to)) if report.sent_to is not None else 0.0

    def _open(self, address: Address, line: _Line) -> None:
        """The recipient may get the next letter; without anything to say the line is forgotten."""
        line.timer = None
        if line.ids:
            self._ready.append(address)
            self._pump()
        else:
            del self._lines[address]

    async def _settle(self, settlements: list[Settlement]) -> None:
        await self._store.write(settle_all, settlements)
        for settlement in settlements:
            self._known.difference_update(settlement.notice_ids)
            self._gone.update(settlement.notice_ids)
            counter = "notices_sent" if settlement.state is NoticeState.SENT else "notices_failed"
            self._gate.metrics.count(counter, len(settlement.notice_ids))
        if not self._behind:
            self._gone.clear()
        for tell in self._listeners:
            tell()
        self._signal.tell()

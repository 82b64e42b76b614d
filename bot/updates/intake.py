"""The poll loop: raw updates are committed to the inbox before Telegram hears that we have them.

python-telegram-bot's own polling confirms before handling and loses what is in flight. Here the next offset,
which is the confirmation, is sent only after the commit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

from telegram.error import TelegramError

from bot.updates.dispatch import Dispatch
from bot.updates.raw_updates import RawUpdate, find_update_id, parse_update
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.signal import wait_set
from bot.wire.telegram_bot import PassalongBot
from storage.leases import Holder
from storage.store import Store
from storage.tables import inbox

logger = logging.getLogger(__name__)

T = TypeVar("T")

POLL_SECONDS = 30
"""Each poll of an idle shop costs as much as all else in it; but one that hangs is noticed before the owners are told
(`POLL_SILENCE_SECONDS`), and another one tried within the watchdog's minute. Telegram allows 50."""

FULL_BATCH = 100
"""As many updates as Telegram gives at once."""

AT_ONCE = 3
"""So many of them are read before whatever else is due has its turn."""

STUCK_SECONDS = 60.0
QUIET_SECONDS = 1.0
"""Between two polls that brought nothing; a server that does not hold the long poll would be asked without end."""


GROWTH = 2.0
MOST = 4.0
"""The longest wait, in first waits."""

CONFLICT_MEMORY_SECONDS = 60.0
FEWEST_CONFLICTS = 3
SETTLED_PATIENCE = 3.0
"""A poller that was alone at first is this much more patient: of two, the newcomer should leave."""

SETTLED_AFTER = 0.6
"""In patiences: a newcomer meets the other poller sooner than this, though Telegram takes 3 s to say so."""


class PollingEnded(Exception):
    """The bot cannot go on fetching updates; the text says why, and is for the operator."""


class TokenRefused(PollingEnded):
    """401 or 404: Telegram does not know this token."""


class OtherPoller(PollingEnded):
    """409 again and again: somebody else fetches this bot's updates."""


class PollerStuck(PollingEnded):
    """No useful answer for too long."""


class BackOff:
    """Growing waits between failures."""

    def __init__(self, first_seconds: float) -> None:
        self._first = first_seconds
        self._next = first_seconds

    def next(self) -> float:
        """Seconds to wait now; the next time it is longer."""
        seconds, self._next = self._next, min(self._next * GROWTH, self._first * MOST)
        return seconds

    def reset(self) -> None:
        """It works again."""
        self._next = self._first


class Conflicts:
    """Tells another poller that stays from one that was killed and whose last poll is still open.

    Two pollers end each other's polls in turn, so that successes in between mean nothing: counted are the
    conflicts within a minute.

    Args:
        patience_seconds: How long conflicts may go on.
        started: When this poller began.
    """

    def __init__(self, patience_seconds: float, *, started: float) -> None:
        self._patience = patience_seconds
        self._memory = max(CONFLICT_MEMORY_SECONDS, 2 * SETTLED_PATIENCE * patience_seconds)
        self._started = started
        self._moments: list[float] = []

    def is_hopeless(self, now: float) -> bool:
        """Note a conflict; True once it is time to leave."""
        if not self._moments or now - self._moments[-1] > self._memory:
            self._alone_for = now - self._started
        self._moments = [moment for moment in self._moments if now - moment <= self._memory]
        self._moments.append(now)
        settled = self._alone_for > SETTLED_AFTER * self._patience
        patience = self._patience * (SETTLED_PATIENCE if settled else 1.0)
        return len(self._moments) >= FEWEST_CONFLICTS and now - self._moments[0] >= patience


class Intake:
    """Fetches updates, commits them, hands them to dispatch; `run` ends only by an error or by cancelling.

    Args:
        bot: Whose updates.
        store: Where the inbox lies.
        dispatch: What handles them.
        allowed_updates: Every kind of update that is used; `chat_member` comes only when named.
        poll_seconds: How long Telegram holds an empty answer back.
        stuck_seconds: Without a useful answer for so long, `run` gives up.
        conflict_seconds: For how long another poller is put up with; a killed predecessor needs a moment to vanish.
        retry_seconds: The first wait after a failure; it doubles up to four times itself.
        quiet_seconds: The least time between two polls that brought nothing new.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        *,
        bot: PassalongBot,
        store: Store,
        dispatch: Dispatch,
        allowed_updates: Sequence[str],
        poll_seconds: int = POLL_SECONDS,
        stuck_seconds: float = STUCK_SECONDS,
        conflict_seconds: float = 10.0,
        retry_seconds: float = 1.0,
        quiet_seconds: float = QUIET_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bot = bot
        self._store = store
        self._holder: Holder | None = store.tenure
        self._dispatch = dispatch
        self._allowed_updates = tuple(allowed_updates)
        self._poll_seconds = poll_seconds
        self._stuck_seconds = stuck_seconds
        self._quiet_seconds = quiet_seconds
        self._clock = clock
        self._back_off = BackOff(retry_seconds)
        self._conflicts = Conflicts(conflict_seconds, started=clock())
        self._offset: int | None = None
        self._heard_at = clock()
        self._trouble = ""
        self._doubtful = False
        """Whether the last batch may be stored and nobody was told: its commit broke off."""
        self._heard = asyncio.Event()

    def silent_for(self) -> float:
        """Seconds since Telegram last gave a useful answer."""
        return self._clock() - self._heard_at

    async def wait_heard(self, limit_seconds: float) -> None:
        """Return once Telegram has answered a poll, or is holding one back so long that nothing was waiting."""
        await wait_set(self._heard, limit_seconds)

    async def run(self) -> None:
        """Poll for ever.

        Raises:
            TokenRefused: Telegram does not know this token.
            OtherPoller: somebody else fetches this bot's updates.
            PollerStuck: no useful answer for `stuck_seconds`.
            LeaseLost: another process runs this shop now.
        """
        self._heard_at = self._clock()
        while True:
            began = self._clock()
            await self._dispatch.room()
            self._heard_at += self._clock() - began  # Telegram was not asked meanwhile
            if self._holder is not None and not self._holder.is_held():
                await self._wait_held(self._holder)
            asked_at = self._clock()
            entries = await self._poll()
            new = None if entries is None else await self._keep(entries)
            if new is None:
                await asyncio.sleep(self._back_off.next())
                continue
            self._back_off.reset()
            if not new:
                await self._keep_quiet(asked_at)

    async def _wait_held(self, holder: Holder) -> None:
        """Confirm nothing while another process may fetch these updates."""
        began = self._clock()
        await holder.wait_held()
        self._heard_at += self._clock() - began

    async def _keep_quiet(self, asked_at: float) -> None:
        """An answer that came at once and brought nothing is no reason to ask again at once."""
        early = min(self._quiet_seconds, self._poll_seconds) - (self._clock() - asked_at)
        if early > 0:
            await asyncio.sleep(early)

    async def _poll(self) -> list[object] | None:
        """What Telegram has for us; None after a failure that may pass."""
        left = self._stuck_seconds - (self._clock() - self._heard_at)
        if left <= 0:
            raise self._give_up()
        try:
            async with asyncio.timeout(left) as watch:
                entries = await self._bot.fetch_updates(
                    offset=self._offset, poll_seconds=self._poll_seconds, allowed_updates=self._allowed_updates
                )
        except TimeoutError as error:
            failure: Exception = error
            if watch.expired():
                raise self._give_up() from None
        except Exception as error:  # noqa: BLE001 -- an answer can be wrong in any way; none may end the loop
            failure = error
        else:
            self._heard_at = self._clock()
            self._heard.set()
            return entries
        await self._face(classify(failure))
        return None

    def _give_up(self) -> PollerStuck:
        reason = f"; the last trouble: {self._trouble}" if self._trouble else ""
        return PollerStuck(f"No useful answer to getUpdates for {self._stuck_seconds:g} seconds{reason}")

    async def _face(self, failure: Failure) -> None:
        """Leave if waiting will not help; else say what is wrong."""
        self._dispatch.metrics.count("polls_failed")
        self._trouble = failure.text
        logger.warning("getUpdates failed (%s): %s", failure.kind, failure.text)
        if failure.kind is FailureKind.TOKEN_BAD:
            raise TokenRefused(f"Telegram refuses the bot's token: {failure.text}")
        if failure.kind is FailureKind.CONFLICT:
            await self._face_conflict(failure.text)
        if failure.kind is FailureKind.FLOOD:
            await asyncio.sleep(failure.retry_after)
            self._heard_at = self._clock()

    async def _face_conflict(self, text: str) -> None:
        self._heard_at = self._clock()
        if self._conflicts.is_hopeless(self._clock()):
            raise OtherPoller(f"Another program fetches this bot's updates, only one can: {text}")
        if "webhook" in text.lower():
            logger.warning("A webhook is set and would take the updates; removing it")
            try:
                await self._bot.delete_webhook()
            except TelegramError as error:
                logger.warning("The webhook could not be removed: %s", error)

    async def _keep(self, entries: list[object]) -> int | None:
        """Commit what came, then move the offset; how many were new, None if all has to be fetched once more."""
        if not entries:
            self._offset = None  # all is confirmed; without an offset, ids that restart lower are seen as well
            return 0
        ids, lasting, fleeting = list[int](), list[RawUpdate](), list[RawUpdate]()
        async for entry in _in_turn(entries):
            if (update_id := find_update_id(entry)) is not None:
                ids.append(update_id)
            if (update := parse_update(entry)) is not None:
                (fleeting if update.is_fleeting else lasting).append(update)
            else:
                self._dispatch.metrics.count("updates_malformed")
                logger.error("Update %s is unreadable and given up: it is not like Telegram's", update_id)
        try:
            new = await self._commit(lasting, more=len(entries) >= FULL_BATCH) if lasting else 0
        except Exception:
            logger.exception("Updates cannot be stored, so they are not confirmed either")
            self._doubtful = True
            return None
        for update in fleeting:
            self._dispatch.take_inline(update)
        if not ids:
            return None
        self._offset = max(ids) + 1  # in whatever order they came, the highest confirms the others
        return new + len(fleeting)

    async def _commit(self, updates: Sequence[RawUpdate], *, more: bool) -> int:
        """Store what somebody here wants; what nobody wants is confirmed and forgotten."""
        wanted = [update async for update in _in_turn(updates) if self._dispatch.is_wanted(update)]
        self._dispatch.metrics.count("updates_unwanted", len(updates) - len(wanted))
        if not wanted:
            return len(updates)
        rows = [(update.update_id, update.sender_id, update.raw) for update in wanted]
        new = await self._store.write(inbox.add_batch, rows)
        if self._doubtful and len(new) < len(rows):
            new = await self._store.read(inbox.list_open_among, [update_id for update_id, _, _ in rows])
        self._doubtful = False
        self._dispatch.metrics.count("updates_taken", len(new))
        self._dispatch.metrics.count("updates_repeated", len(rows) - len(new))
        self._dispatch.take(new, {update.update_id: update.parsed for update in wanted}, more=more)
        return len(new) + len(updates) - len(wanted)


async def _in_turn(items: Sequence[T]) -> AsyncIterator[T]:
    """Each of them; others do something in between, since a batch keeps the loop busy for as long as ten answers do."""
    for number, item in enumerate(items):
        if number and number % AT_ONCE == 0:
            await asyncio.sleep(0)
        yield item

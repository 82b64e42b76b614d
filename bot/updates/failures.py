"""What the end of a failed attempt at an update means: another one, a rest, or that it is given up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from math import inf

from telegram.error import RetryAfter, TelegramError

from bot.services.notices import Sorry, answer_in, owe
from bot.telemetry import Metrics
from bot.updates.context import Attempt, UnreadableUpdate
from bot.wire.errors import FailureKind, Muted, Unconfirmed, classify
from storage.addresses import MemberAddress
from storage.errors import is_fault
from storage.records import InboxRow
from storage.store import Store
from storage.tables import inbox, people
from storage.tx import Tx

logger = logging.getLogger(__name__)

REST_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waits while the store or Telegram is away, which is no fault of the update; the last one repeats."""

LONGEST_REST_SECONDS = 3600.0
GIVEN_UP = inf
_OUTSIDE = {FailureKind.NOT_SENT, FailureKind.UNKNOWN, FailureKind.FLOOD}


class Failures:
    """Judges the ends of attempts.

    Args:
        store: Where the inbox lies.
        metrics: What counts.
        retry_seconds: Waits before the second, third, … attempt; the last one repeats.
        attempts: After so many exceptions an update is given up; deaths of the process, faults of the store and
            Telegram's absence do not count.
    """

    def __init__(self, store: Store, metrics: Metrics, *, retry_seconds: Sequence[float], attempts: int) -> None:
        self._store = store
        self._metrics = metrics
        self._retry_seconds = tuple(retry_seconds)
        self._attempts = attempts

    async def conclude(self, row: InboxRow, attempt: Attempt, error: Exception, *, rests: int) -> float | None:
        """Seconds until the next attempt, None when the update is done with, GIVEN_UP when it is buried.

        Args:
            row: The update in the inbox.
            attempt: The attempt that ended so.
            error: What was raised.
            rests: How often the update has rested before.
        """
        if is_harmless(error):
            logger.info("Telegram did not want the answer to update %d: %s", row.update_id, error)
            return None
        if attempt.closed:
            _tell(row.update_id, error, "; its effect is kept")
            return None
        rest = find_rest(error, rests)
        if rest is not None:
            self._metrics.count("updates_rested")
            logger.warning("Update %d waits %g s: %s", row.update_id, rest, error)
            return rest
        if not isinstance(error, UnreadableUpdate):
            _tell(row.update_id, error)
        return await self._note_failure(row, error, attempt.topic_id)

    async def _note_failure(self, row: InboxRow, error: Exception, topic_id: int | None) -> float | None:
        self._metrics.count("updates_failed")
        most = 1 if isinstance(error, UnreadableUpdate) else self._attempts
        said = f"{type(error).__name__}: {error}"
        failures = await self._insist(row, said, most, topic_id)
        if failures == 0:
            return None
        if failures >= most:
            self._metrics.count("updates_dead")
            logger.error("Update %d is given up after %d attempts: %s", row.update_id, failures, said)
            return GIVEN_UP
        return self._retry_seconds[min(failures, len(self._retry_seconds)) - 1]

    async def _insist(self, row: InboxRow, said: str, most: int, topic_id: int | None) -> int:
        """Count the failure, however long the store takes: while it is away, trying again would be in vain."""
        rests = 0
        while True:
            try:
                return await self._store.write(count_failure, row, said, attempts=most, topic_id=topic_id)
            except Exception as error:
                rest = find_rest(error, rests)
                if rest is None:
                    logger.exception("The failure of update %d cannot be counted; it is given up", row.update_id)
                    await self._store.write(inbox.bury, row.seq, said)
                    return most
                logger.warning("A failed update cannot be noted; trying again: %s", error)
                rests += 1
                await asyncio.sleep(rest)


def _tell(update_id: int, error: Exception, words: str = "") -> None:
    """Write down how an attempt failed; a Telegram that cannot be reached is no fault of the handler's."""
    if isinstance(error, TelegramError) and classify(error).kind in _OUTSIDE:
        logger.warning("An answer to update %d may not have arrived%s: %s", update_id, words, error)
    else:
        logger.error("A handler failed on update %d%s", update_id, words, exc_info=error)


def is_harmless(error: Exception) -> bool:
    """Whether another attempt or a word of regret would only annoy: the chat wishes it so, or has the answer already."""
    if isinstance(error, Muted | Unconfirmed):
        return True
    if not isinstance(error, TelegramError):
        return False
    failure = classify(error)
    return failure.kind is FailureKind.BLOCKED or failure.is_unchanged


def find_rest(error: Exception, rests: int) -> float | None:
    """Seconds to wait where an attempt failed for no fault of the update: the store or Telegram is away, or a 429 runs."""
    if is_fault(error):
        return REST_SECONDS[min(rests, len(REST_SECONDS) - 1)]
    if isinstance(error, RetryAfter):
        return min(max(0.1, classify(error).retry_after), LONGEST_REST_SECONDS)
    if isinstance(error, TelegramError) and classify(error).kind is FailureKind.NOT_SENT:
        return REST_SECONDS[min(rests, len(REST_SECONDS) - 1)]
    return None


def count_failure(tx: Tx, row: InboxRow, error: str, *, attempts: int, topic_id: int | None = None) -> int:
    """The failures so far, this one included; 0 if the row was closed meanwhile.

    With the last attempt the update is given up, and a member who sent it is owed a kind sentence.
    """
    failures = inbox.note_failure(tx, row.seq, error)
    if failures >= attempts:
        inbox.bury(tx, row.seq, error)
        member = people.find_member(tx, row.sender_id) if row.sender_id is not None else None
        if member is not None and attempts > 1:
            owe(tx, MemberAddress(member.id), Sorry(), key=row.seq)
            if topic_id is not None:
                answer_in(tx, row.sender_id, topic_id)
    return failures

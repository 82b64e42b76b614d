"""What follows an attempt at an update: its error looked at, its row closed, counted or given up."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from telegram.error import TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.updates.context import PassalongContext
from bot.wire.errors import FailureKind, Unconfirmed, classify
from storage.records import InboxRow, NoticeKind, Seq
from storage.tables import inbox, outbox, people
from storage.tx import Tx

logger = logging.getLogger(__name__)


async def note_error(_update: object, context: PassalongContext[Any]) -> None:
    """The application's only error handler: remember what went wrong, and let no later handler run."""
    attempt, error = context.attempt, context.error
    attempt.error = error
    where = f"update {attempt.row.update_id}" if attempt.row else "an inline query"
    if error is not None and is_harmless(error):
        logger.info("Telegram did not want the answer to %s: %s", where, error)
    else:
        aftermath = "; its effect is kept" if attempt.closed else ""
        logger.error("A handler failed on %s%s", where, aftermath, exc_info=error)
    raise ApplicationHandlerStop


def is_harmless(error: Exception) -> bool:
    """Whether another attempt or a word of regret would only annoy: the chat wishes it so, or has the answer already."""
    if not isinstance(error, TelegramError):
        return False
    if isinstance(error, Unconfirmed):
        return True
    failure = classify(error)
    return failure.kind is FailureKind.BLOCKED or failure.is_unchanged


def close_all(tx: Tx, seqs: Sequence[Seq]) -> None:
    """Mark updates handled that wrote nothing of their own."""
    for seq in seqs:
        inbox.close(tx, seq)


def count_failure(tx: Tx, row: InboxRow, error: str, *, attempts: int) -> int:
    """The failures so far, this one included; 0 if the row was closed meanwhile.

    With the last attempt the update is given up, and a member who sent it is owed a kind sentence.
    """
    failures = inbox.note_failure(tx, row.seq, error)
    if failures >= attempts:
        inbox.bury(tx, row.seq, error)
        person = people.find_by_telegram_id(tx, row.sender_id) if row.sender_id is not None else None
        if person is not None and person.is_member and attempts > 1:
            outbox.add(tx, recipient_id=person.id, kind=NoticeKind.SORRY, payload={}, key=f"sorry:{row.seq}")
    return failures

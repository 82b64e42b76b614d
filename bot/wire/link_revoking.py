"""Closing the invite links of people who are forgotten."""

from __future__ import annotations

import logging

from telegram.error import TelegramError

from bot.wire.errors import FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from storage.store import Store
from storage.tables import link_revocations

logger = logging.getLogger(__name__)

PAGE = 20
_FINAL = {FailureKind.REFUSED, FailureKind.BLOCKED, FailureKind.MIGRATED}
"""Telegram knows no such link, or the bot has no say in that chat any more."""


async def revoke_owed(bot: PassalongBot, store: Store, *, limit: int = PAGE) -> None:
    """Have Telegram close links that are owed as revoked; one that it cannot close now stays owed."""
    for chat_id, link in await store.read(link_revocations.list_owed, limit):
        try:
            await bot.revoke_chat_invite_link(chat_id, link, rate_limit_args=Priority.ERRAND)
        except TelegramError as error:
            failure = classify(error)
            logger.warning("A link of somebody who is forgotten was not revoked (%s): %s", failure.kind, failure.text)
            if failure.kind not in _FINAL:
                return
        await store.write(link_revocations.delete_link, link)

"""The bot's Stars."""

from __future__ import annotations

import logging

from telegram.error import TelegramError

from bot.wire.errors import classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot

logger = logging.getLogger(__name__)


async def ask_balance(bot: PassalongBot, *, priority: Priority = Priority.INTERACTIVE) -> int:
    """How many whole Stars the bot has.

    Raises:
        TelegramError: see `errors.classify`.
    """
    told = await bot.post_raw("getMyStarBalance", {}, priority=priority)
    return int(told["amount"])


async def find_balance(bot: PassalongBot) -> int | None:
    """Likewise; None where Telegram does not say."""
    try:
        return await ask_balance(bot)
    except TelegramError as error:
        logger.warning("Telegram does not tell the bot's balance: %s", classify(error).text)
        return None

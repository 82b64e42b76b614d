"""The picture of a post is drawn as it leaves; a post goes without one rather than not at all."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.messages.outgoing import CAPTION_LIMIT, OutgoingMessage, Photo
from bot.wire.errors import FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.pictures import Pictures
from bot.wire.telegram_bot import PassalongBot

logger = logging.getLogger(__name__)


async def deliver_post(bot: PassalongBot, pictures: Pictures, chat_id: int | str, message: OutgoingMessage) -> None:
    """Send a post; without its picture where the chat takes none, which is a right of its own in groups.

    Raises:
        TelegramError: the words cannot be sent either, or nobody knows whether they were.
    """
    pictured = await add_poster(pictures, message)
    try:
        await bot.deliver(chat_id, pictured, priority=Priority.NOTICE)
    except Exception as error:
        failure = classify(error, chat_id)
        if pictured is message or failure.kind not in {FailureKind.CURABLE, FailureKind.REFUSED}:
            raise
        logger.warning("A post goes without its picture: %s", failure.text)
        await bot.deliver(chat_id, message, priority=Priority.NOTICE)


async def add_poster(pictures: Pictures, message: OutgoingMessage) -> OutgoingMessage:
    """The same with its poster as a photo; as it is where it has none, is too long to stand below one, or none can be drawn."""
    if message.poster is None or len(message.to_plain().text) > CAPTION_LIMIT:
        return message
    try:
        image = await pictures.draw_poster(message.poster)
    except Exception:
        logger.exception("A poster cannot be drawn; its post goes without")
        return message
    return replace(message, photo=Photo(image=image))

"""The picture of a post is drawn as it leaves; a post goes without one rather than not at all."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.messages.outgoing import CAPTION_LIMIT, OutgoingMessage, Photo
from bot.wire.pictures import Pictures

logger = logging.getLogger(__name__)


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

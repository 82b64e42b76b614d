"""A command in a group gets one short answer with the way into the private chat, and no more than one a minute."""

from __future__ import annotations

import asyncio
import logging

from telegram import Message, MessageEntity, Update
from telegram.error import BadRequest, Forbidden
from telegram.ext import filters

from bot.core.links import parse_payload
from bot.handlers.deps import Context
from bot.messages.groups import render_group_answer
from bot.messages.texts import Texts, choose_language
from bot.updates.context import visitor_of

logger = logging.getLogger(__name__)

REST_SECONDS = 60.0
"""Between two answers in one group, however many ask."""

ANSWERED = "answered"
"""Key in the group's `chat_data`: when it was answered last, by the loop's clock."""


class NamesUs(filters.MessageFilter):
    """A command that is addressed to this bot by name: what others are told is none of our business, nor stored."""

    def filter(self, message: Message) -> bool:
        """Whether a message begins with one."""
        entities = message.entities
        if not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset != 0:
            return False
        said = (message.text or "")[: entities[0].length].lower()
        return said.endswith(f"@{message.get_bot().username}".lower())


async def on_group_command(update: Update, context: Context) -> None:
    """Point the way; a group where the bot may not speak hears nothing."""
    message, answered, now = update.effective_message, context.chat_data, asyncio.get_running_loop().time()
    assert message is not None
    assert answered is not None
    if now - answered.get(ANSWERED, now - REST_SECONDS) < REST_SECONDS:
        return
    answered[ANSWERED] = now
    texts = Texts(choose_language(None, visitor_of(update).telegram_language))
    answer = render_group_answer(texts, context.deps.shop, _read_payload(message))
    try:
        await context.deliver(answer)
    except (BadRequest, Forbidden) as error:
        logger.info("A command in a group was not answered: %s", error)


def _read_payload(message: Message) -> str:
    """The code that came with the command, as it is; empty where there is none."""
    words = (message.text or "").split()[1:2]
    return words[0] if words and parse_payload(words[0]) is not None else ""

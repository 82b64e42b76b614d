"""A look at the shop's chats before anything is to be said there."""

from __future__ import annotations

import logging

from telegram.error import TelegramError

from bot.core.shop_chats import decide_posting, read_standing
from bot.outbox.sender import ShopChats
from bot.wire.errors import FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from storage.addresses import ChatRole

logger = logging.getLogger(__name__)


async def look_at(bot: PassalongBot, chats: ShopChats, role: ChatRole) -> None:
    """Tell the admins once where the bot may not post; that it may is shown by what it posts.

    A chat that is named is looked up, and from then on known by its number.
    """
    await _look_up(bot, chats, role)
    chat_id = await chats.find(role)
    if chat_id is None:
        return
    try:
        chat = await bot.post_raw("getChat", {"chat_id": chat_id}, priority=Priority.ERRAND)
        me = {"chat_id": chat["id"], "user_id": bot.id}
        problem = decide_posting(read_standing(chat, await bot.post_raw("getChatMember", me, priority=Priority.ERRAND)))
    except TelegramError as error:
        failure = classify(error, chat_id)
        if failure.kind is FailureKind.MIGRATED:
            await chats.move(role, failure.new_chat_id)
            return
        logger.warning("The %s chat cannot be looked at: %s", role, failure.text)
        if failure.kind is FailureKind.CURABLE:
            await chats.note(role, works=False)
        return
    if problem is not None:
        logger.warning("The %s chat is not in order: %s", role, problem)
        await chats.note(role, works=False)


async def _look_up(bot: PassalongBot, chats: ShopChats, role: ChatRole) -> None:
    name = chats.name(role)
    if name is None:
        return
    try:
        found = await bot.post_raw("getChat", {"chat_id": name}, priority=Priority.ERRAND)
    except TelegramError:
        return  # a name that leads nowhere leads nobody astray
    await chats.learn(role, int(found["id"]))

"""Doors: whether somebody may do a thing, and whether a button was pressed where it stands."""

from __future__ import annotations

from typing import Any

from telegram import CallbackQuery, Message
from telegram.constants import ChatType

from bot.core.roles import EVERYBODY, Roles
from bot.messages.callbacks import Place
from bot.services.roles import may
from bot.updates.context import PassalongContext


async def is_allowed(context: PassalongContext[Any], telegram_id: int, roles: Roles) -> bool:
    """Ask the store, unless what is asked for is open to everybody."""
    return roles == EVERYBODY or await context.read(may, telegram_id=telegram_id, roles=roles)


def find_place(query: CallbackQuery, bot_id: int) -> Place | None:
    """Where a tap happened: None for any place where no button of ours can be pressed.

    Data of a callback query may be made up (Telegram says so), and so may be the message that it is sent on.
    """
    message = query.message
    if not isinstance(message, Message):
        return None
    if message.chat.type == ChatType.CHANNEL:
        return Place.POST  # a post names no author; that this bot is told of the tap says that it is the bot's own
    if message.from_user is None or message.from_user.id != bot_id:
        return None
    if message.chat.type != ChatType.PRIVATE:
        return Place.POST
    return Place.PRIVATE if message.chat.id == query.from_user.id else None

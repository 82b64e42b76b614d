"""Putting a screen before somebody: as a new message, or in place of the one that was tapped.

Nobody looks at the message that Telegram gives back, so none is built: that would be a quarter of an answer's cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Message, Update
from telegram.error import BadRequest

from bot.handlers.deps import Context
from bot.messages.outgoing import OutgoingMessage
from bot.wire.errors import classify


async def show(update: Update, context: Context, screen: OutgoingMessage) -> None:
    """Show a screen in place of the tapped message; after a command, or where that cannot be, as a new one."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or query.message.text is None:
        await context.deliver(screen)
        return
    try:
        await context.bot.edit(query.message.chat.id, query.message.message_id, screen)
    except BadRequest as error:
        if not classify(error).is_unchanged:
            await context.deliver(screen)


async def show_photo(update: Update, context: Context, screen: OutgoingMessage) -> Mapping[str, Any] | None:
    """Show a picture in place of the tapped one, else as a new message; returns that as Telegram has it, None where nothing changed."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or not query.message.photo:
        return await context.deliver(screen)
    try:
        return await context.bot.edit(query.message.chat.id, query.message.message_id, screen)
    except BadRequest as error:
        return None if classify(error).is_unchanged else await context.deliver(screen)

"""Putting a screen before somebody: as a new message, or in place of the one that was tapped."""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.gateway.fates import classify
from bot.handlers.kit import Context
from bot.messages.screen import Screen


async def show(update: Update, context: Context, screen: Screen) -> None:
    """Show a screen in place of the tapped message; after a command, or where that cannot be, as a new one."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or query.message.text is None:
        await _send(update, context, screen)
        return
    try:
        await query.edit_message_text(
            screen.text, parse_mode=ParseMode.HTML, reply_markup=screen.keyboard, disable_web_page_preview=True
        )
    except BadRequest as error:
        if not classify(error).is_unchanged:
            await _send(update, context, screen)


async def _send(update: Update, context: Context, screen: Screen) -> None:
    chat = update.effective_chat
    assert chat is not None
    await context.bot.send_message(
        chat.id, screen.text, parse_mode=ParseMode.HTML, reply_markup=screen.keyboard, disable_web_page_preview=True
    )

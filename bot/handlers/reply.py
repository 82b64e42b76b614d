"""Putting a screen before somebody: as a new message, or in place of the one that was tapped.

Nobody looks at the message that Telegram gives back, so none is built: that would be a quarter of an answer's cost.
"""

from __future__ import annotations

from telegram import Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.handlers.deps import Context
from bot.messages.outgoing import OutgoingMessage
from bot.wire.errors import classify

_NO_PREVIEW = '{"is_disabled":true}'


async def show(update: Update, context: Context, screen: OutgoingMessage) -> None:
    """Show a screen in place of the tapped message; after a command, or where that cannot be, as a new one."""
    query = update.callback_query
    if query is None or not isinstance(query.message, Message) or query.message.text is None:
        await context.deliver(screen)
        return
    try:
        await _put(
            context, "editMessageText", screen, chat_id=query.message.chat.id, message_id=query.message.message_id
        )
    except BadRequest as error:
        if not classify(error).is_unchanged:
            await context.deliver(screen)


async def _put(context: Context, method: str, screen: OutgoingMessage, **where: int) -> None:
    words = {"text": screen.text, "parse_mode": ParseMode.HTML.value, "link_preview_options": _NO_PREVIEW}
    buttons = {} if screen.keyboard is None else {"reply_markup": screen.keyboard}
    await context.bot.post_raw(method, {**where, **words, **buttons})

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


def find_topic(update: Update) -> int | None:
    """The topic that an update came from: answers belong there; None outside of topics, and in a thread of replies."""
    message = update.effective_message
    return message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None


async def show(update: Update, context: Context, screen: OutgoingMessage) -> None:
    """Show a screen in place of the tapped message; after a command, or where that cannot be, as a new one."""
    chat, query = update.effective_chat, update.callback_query
    assert chat is not None
    if query is None or not isinstance(query.message, Message) or query.message.text is None:
        await context.bot.deliver(chat.id, screen, thread_id=find_topic(update))
        return
    try:
        await _put(context, "editMessageText", screen, chat_id=chat.id, message_id=query.message.message_id)
    except BadRequest as error:
        if not classify(error).is_unchanged:
            await context.bot.deliver(chat.id, screen, thread_id=find_topic(update))


async def _put(context: Context, method: str, screen: OutgoingMessage, **where: int) -> None:
    words = {"text": screen.text, "parse_mode": ParseMode.HTML.value, "link_preview_options": _NO_PREVIEW}
    buttons = {} if screen.keyboard is None else {"reply_markup": screen.keyboard}
    await context.bot.post_raw(method, {**where, **words, **buttons})

"""Which kinds of updates go to which router: what python-telegram-bot's Application is given."""

from __future__ import annotations

from typing import Any

from telegram import Message
from telegram.ext import BaseHandler, CallbackQueryHandler, MessageHandler, filters

from bot.updates.callback_router import CallbackRouter
from bot.updates.capability import Registry
from bot.updates.text_router import TextRouter


class _FromHuman(filters.MessageFilter):
    """A bot account never counts: neither as a member nor as anybody's friend."""

    def filter(self, message: Message) -> bool:
        return message.from_user is not None and not message.from_user.is_bot


FROM_HUMAN = _FromHuman()
PRIVATE = filters.ChatType.PRIVATE & ~filters.VIA_BOT & FROM_HUMAN


def list_handlers(registry: Registry, texts: TextRouter) -> list[BaseHandler[Any, Any, Any]]:
    """All handlers; the first that fits an update has it."""
    return [
        MessageHandler(PRIVATE & filters.UpdateType.MESSAGE, texts.on_message),
        MessageHandler(PRIVATE & filters.UpdateType.EDITED_MESSAGE, texts.on_edited),
        CallbackQueryHandler(CallbackRouter(registry).on_tap),
        *(listener.handler for listener in registry.listeners),
    ]

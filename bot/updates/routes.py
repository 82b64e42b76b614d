"""Which kinds of updates go to which router: what python-telegram-bot's Application is given."""

from __future__ import annotations

from typing import Any

from telegram import Message
from telegram.ext import BaseHandler, CallbackQueryHandler, MessageHandler, filters

from bot.updates.callback_router import CallbackRouter
from bot.updates.capability import Handler, Registry
from bot.updates.text_router import TextRouter


class _FromHuman(filters.MessageFilter):
    """A bot account never counts: neither as a member nor as anybody's friend."""

    def filter(self, message: Message) -> bool:
        return message.from_user is not None and not message.from_user.is_bot


FROM_HUMAN = _FromHuman()
PRIVATE = filters.ChatType.PRIVATE & ~filters.VIA_BOT & FROM_HUMAN


def list_handlers(registry: Registry, on_text: Handler) -> list[BaseHandler[Any, Any, Any]]:
    """All handlers; the first that fits an update has it.

    `on_text` takes messages to the bot in private that are no command.
    """
    return [
        MessageHandler(PRIVATE & filters.UpdateType.MESSAGE, TextRouter(registry, on_text).on_message),
        CallbackQueryHandler(CallbackRouter(registry).on_tap),
        *(listener.handler for listener in registry.listeners),
    ]

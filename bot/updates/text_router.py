"""Every message to the bot in private: a command, an answer to what was asked, or something to point the way for."""

from __future__ import annotations

import logging
from typing import Any

from telegram import Message, MessageEntity, Update

from bot.messages.commands import Command
from bot.services.roles import NotAllowed
from bot.updates.authority import is_allowed
from bot.updates.capability import Bound, Handler, Registry
from bot.updates.context import PassalongContext

logger = logging.getLogger(__name__)


class TextRouter:
    """Gives a message to the command it names, if it is open to who wrote it, else to `on_text`.

    Args:
        registry: Whose commands there are.
        on_text: Takes what is no command of ours.
    """

    def __init__(self, registry: Registry, on_text: Handler) -> None:
        self._commands = registry.commands
        self._on_text = on_text

    async def on_message(self, update: Update, context: PassalongContext[Any]) -> None:
        """A command that somebody may not use does not exist for them."""
        message, user = update.effective_message, update.effective_user
        assert message is not None
        assert user is not None
        bound = self._find(message, context)
        try:
            if bound is None or not await is_allowed(context, user.id, bound.roles):
                await self._on_text(update, context)
            else:
                await bound.handler(update, context)
        except NotAllowed:
            await self._on_text(update, context)

    def _find(self, message: Message, context: PassalongContext[Any]) -> Bound[Command] | None:
        """The command that a message begins with; what follows it lies in the context's `args`."""
        name = parse_command(message, context.bot.username)
        context.args = (message.text or "").split()[1:] if name else None
        return self._commands.get(name)


def parse_command(message: Message, username: str) -> str:
    """The command that a message begins with, in small letters without the slash; empty where none is meant for us."""
    entities = message.entities
    if not entities or entities[0].type != MessageEntity.BOT_COMMAND or entities[0].offset != 0:
        return ""
    name, _, addressed = (message.text or "")[1 : entities[0].length].partition("@")
    return name.lower() if addressed.lower() in {"", username.lower()} else ""

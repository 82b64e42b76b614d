"""Every message to the bot in private: a command, an answer to what was asked, or something to point the way for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Message, MessageEntity, Update

from bot.core.roles import EVERYBODY
from bot.messages.commands import Command
from bot.services.roles import NotAllowed
from bot.updates.authority import is_allowed
from bot.updates.capability import Bound, Handler, Registry
from bot.updates.context import PassalongContext

Wants = Callable[[Any, Any], Awaitable[bool]]
"""Given the update and its context."""


SENTENCE_WORDS = 3
"""So many words are more than a command with what belongs to it."""


class TextRouter:
    """Gives a message to the command it names, if it is open to who wrote it, else to `on_text`.

    Args:
        registry: Whose commands there are.
        on_text: Takes what is no command of ours.
        on_edited: Takes what was edited.
        wants_command: Whether somebody was asked for a text that may begin with a slash.
    """

    def __init__(self, registry: Registry, *, on_text: Handler, on_edited: Handler, wants_command: Wants) -> None:
        self._commands = registry.commands
        self._on_text = on_text
        self._on_edited = on_edited
        self._wants_command = wants_command

    async def on_message(self, update: Update, context: PassalongContext[Any]) -> None:
        """A command that somebody may not use does not exist for them."""
        message, user = update.effective_message, update.effective_user
        assert message is not None
        assert user is not None
        bound = self._find(message, context)
        try:
            if (
                bound is None
                or (bound.roles != EVERYBODY and not await is_allowed(context, user.id, bound.roles))
                or (is_sentence(message) and await self._wants_command(update, context))
            ):
                await self._on_text(update, context)
            else:
                await bound.handler(update, context)
        except NotAllowed:
            await self._on_text(update, context)

    async def on_edited(self, update: Update, context: PassalongContext[Any]) -> None:
        """What was said before is said in another way."""
        try:
            await self._on_edited(update, context)
        except NotAllowed:
            return

    def _find(self, message: Message, context: PassalongContext[Any]) -> Bound[Command] | None:
        """The command that a message begins with; what follows it lies in the context's `args`."""
        name = parse_command(message, context.bot.username)
        context.args = (message.text or "").split()[1:] if name else None
        return self._commands.get(name)


def begins_with_command(message: Message) -> bool:
    """Whether Telegram shows the first word as a command, anybody's."""
    entities = message.entities
    return bool(entities) and entities[0].type == MessageEntity.BOT_COMMAND and entities[0].offset == 0


def is_sentence(message: Message) -> bool:
    """Whether a message that begins with a command says more than that."""
    return len((message.text or "").split()) >= SENTENCE_WORDS


def parse_command(message: Message, username: str) -> str:
    """The command that a message begins with, in small letters without the slash; empty where none is meant for us."""
    if not begins_with_command(message):
        return ""
    name, _, addressed = (message.text or "")[1 : message.entities[0].length].partition("@")
    return name.lower() if addressed.lower() in {"", username.lower()} else ""

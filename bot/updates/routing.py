"""What somebody typed or tapped: which handler it is for, whether it may be, and in which place."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import CallbackQuery, Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.ext import BaseHandler, CallbackQueryHandler, MessageHandler, filters

from bot.core.roles import EVERYBODY, Roles
from bot.messages.buttons import Button, Place, Value, split_data
from bot.messages.joining.refusals import render_missing, say_stale
from bot.messages.texts import Texts, choose_language
from bot.services.members import NotAllowed, find_members_language, may
from bot.services.tickets.desk import is_at_desk
from bot.updates.capability import Bound, Handler, Registry
from bot.updates.context import PassalongContext
from storage.errors import RowMissing


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


logger = logging.getLogger(__name__)


async def _say_toast(context: PassalongContext[Any], telegram_id: int, button: Button) -> str | None:
    """What answers the tap in the member's language, where the button has such a word."""
    if not button.toast:
        return None
    language = await context.read(find_members_language, telegram_id)
    return Texts(language or choose_language(None, "")).plain(button.toast)


async def _is_at_desk(context: PassalongContext[Any], query: CallbackQuery) -> bool:
    """Whether a button of the team's is pressed in somebody's own chat, or in the group where tickets are answered."""
    chat = query.message.chat if query.message is not None else None
    if chat is None or chat.type == ChatType.PRIVATE:
        return chat is not None
    return chat.type != ChatType.CHANNEL and await context.read(is_at_desk, chat_id=chat.id)


class CallbackRouter:
    """Gives a tap to what its button is bound to, if it is one of ours, in its place, and open to who pressed it."""

    def __init__(self, registry: Registry) -> None:
        self._buttons = registry.buttons

    async def on_tap(self, update: Update, context: PassalongContext[Any]) -> None:
        """Stop the button's spinner, then do what it says; anything else gets one kind sentence and edits nothing."""
        query = update.callback_query
        assert query is not None
        found = self._find(query, context.bot.id)
        if (
            found is None
            or not await is_allowed(context, query.from_user.id, found[0].roles)
            or (found[0].declared.place is Place.DESK and not await _is_at_desk(context, query))
        ):
            await context.answer(query, say_stale(Texts(choose_language(None, query.from_user.language_code or ""))))
            return
        bound, values = found
        await context.answer(query, await _say_toast(context, query.from_user.id, bound.declared))
        try:
            await bound.handler(update, context, *values)
        except NotAllowed:
            logger.info("A button was pressed by somebody who may not use it any more")
        except RowMissing as missing:
            if not values:  # it names nothing, so that is no button's fault
                raise
            logger.warning("A button names what is not there any more: %s", missing)
            if bound.declared.place is not Place.POST:
                language = await context.read(find_members_language, query.from_user.id)
                await context.deliver(render_missing(Texts(language or choose_language(None, ""))))

    def _find(self, query: CallbackQuery, bot_id: int) -> tuple[Bound[Button], tuple[Value, ...]] | None:
        """What the tap asks for; None for anything that no button of ours says in this place."""
        name, words = split_data(query.data or "")
        bound = self._buttons.get(name)
        if bound is None:
            return None
        values = bound.declared.parse(words)
        place = find_place(query, bot_id)
        fits = place is bound.declared.place or (bound.declared.place is Place.DESK and place is not None)
        return (bound, values) if values is not None and fits else None


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
        on_passed: Takes what was made by this bot's inline mode, and sent or forwarded to it.
        wants_command: Whether somebody was asked for a text that may begin with a slash.
    """

    def __init__(
        self, registry: Registry, *, on_text: Handler, on_edited: Handler, on_passed: Handler, wants_command: Wants
    ) -> None:
        self._commands = registry.commands
        self._on_text = on_text
        self._on_edited = on_edited
        self._on_passed = on_passed
        self._wants_command = wants_command

    async def on_message(self, update: Update, context: PassalongContext[Any]) -> None:
        """A command that somebody may not use does not exist for them; what follows one lies in the context's `args`."""
        message, user = update.effective_message, update.effective_user
        assert message is not None
        assert user is not None
        name, words = parse_command(message, context.bot.username), (message.text or "").split()
        context.args = words[1:] if name else None
        bound = self._commands.get(name)
        try:
            if (
                bound is None
                or (bound.roles != EVERYBODY and not await is_allowed(context, user.id, bound.roles))
                or (len(words) >= SENTENCE_WORDS and await self._wants_command(update, context))
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

    async def on_passed(self, update: Update, context: PassalongContext[Any]) -> None:
        """What any other bot made is nobody's word."""
        message = update.effective_message
        if message is not None and message.via_bot is not None and message.via_bot.id == context.bot.id:
            await self._on_passed(update, context)


def begins_with_command(message: Message) -> bool:
    """Whether Telegram shows the first word as a command, anybody's."""
    entities = message.entities
    return bool(entities) and entities[0].type == MessageEntity.BOT_COMMAND and entities[0].offset == 0


def parse_command(message: Message, username: str) -> str:
    """The command that a message begins with, in small letters without the slash; empty where none is meant for us."""
    if not begins_with_command(message):
        return ""
    name, _, addressed = (message.text or "")[1 : message.entities[0].length].partition("@")
    return name.lower() if addressed.lower() in {"", username.lower()} else ""


class _FromHuman(filters.MessageFilter):
    """A bot account never counts: neither as a member nor as anybody's friend."""

    def filter(self, message: Message) -> bool:
        return message.from_user is not None and not message.from_user.is_bot


FROM_HUMAN = _FromHuman()
PRIVATE = filters.ChatType.PRIVATE & FROM_HUMAN


def list_handlers(registry: Registry, texts: TextRouter) -> list[BaseHandler[Any, Any, Any]]:
    """All handlers; the first that fits an update has it."""
    return [
        MessageHandler(PRIVATE & filters.VIA_BOT & filters.UpdateType.MESSAGE, texts.on_passed),
        MessageHandler(PRIVATE & ~filters.VIA_BOT & filters.UpdateType.MESSAGE, texts.on_message),
        MessageHandler(PRIVATE & ~filters.VIA_BOT & filters.UpdateType.EDITED_MESSAGE, texts.on_edited),
        CallbackQueryHandler(CallbackRouter(registry).on_tap),
        *(listener.handler for listener in registry.listeners),
    ]

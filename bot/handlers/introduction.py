"""How the bot introduces itself: the command menu, in every language, and the admins' own."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from bot.core.languages import LANGUAGES
from bot.gateway.telegram_bot import PassalongBot
from bot.messages.commands import list_commands
from bot.messages.texts import Texts

logger = logging.getLogger(__name__)


async def introduce(bot: PassalongBot, member_admin_ids: Iterable[int]) -> None:
    """Register the commands: for everybody by language, and for admins who have started the bot."""
    try:
        await bot.set_my_commands(list_commands(Texts(LANGUAGES[0])))
        for language in LANGUAGES:
            await bot.set_my_commands(list_commands(Texts(language)), language_code=language)
    except TelegramError as error:
        logger.warning("The command menu could not be registered: %s", error)
    for admin_id in member_admin_ids:
        await introduce_to_admin(bot, admin_id)


async def introduce_to_admin(bot: PassalongBot, admin_id: int) -> None:
    """Show an admin the admins' commands, in that chat only and in every language."""
    scope = BotCommandScopeChat(admin_id)
    try:
        await bot.set_my_commands(list_commands(Texts(LANGUAGES[0]), admin=True), scope=scope)
        for language in LANGUAGES:
            await bot.set_my_commands(list_commands(Texts(language), admin=True), scope=scope, language_code=language)
    except TelegramError as error:
        logger.warning("An admin's command menu could not be registered: %s", error)

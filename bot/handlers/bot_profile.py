"""How the bot introduces itself: the command menu, in every language, and the admins' own."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from bot.core.languages import LANGUAGES
from bot.messages.bot_profile import say_description, say_short_description
from bot.messages.commands import list_commands
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.wire.telegram_bot import PassalongBot

logger = logging.getLogger(__name__)


async def introduce(bot: PassalongBot, shop: Shop, member_admin_ids: Iterable[int]) -> None:
    """Register commands and descriptions in every language, and the menus of admins who have started the bot."""
    try:
        await _introduce_in(bot, shop, LANGUAGES[0], code=None)
        for language in LANGUAGES:
            await _introduce_in(bot, shop, language, code=language)
    except TelegramError as error:
        logger.warning("Commands and descriptions could not be registered: %s", error)
    for admin_id in member_admin_ids:
        await introduce_to_admin(bot, shop, admin_id)


async def _introduce_in(bot: PassalongBot, shop: Shop, language: str, *, code: str | None) -> None:
    texts = Texts(language)
    await bot.set_my_commands(list_commands(texts, community=shop.community), language_code=code)
    await bot.set_my_description(say_description(texts, shop), language_code=code)
    await bot.set_my_short_description(say_short_description(texts, shop), language_code=code)


async def introduce_to_admin(bot: PassalongBot, shop: Shop, admin_id: int) -> None:
    """Show an admin the admins' commands, in that chat only and in every language."""
    scope = BotCommandScopeChat(admin_id)
    try:
        for language, code in ((LANGUAGES[0], None), *((language, language) for language in LANGUAGES)):
            commands = list_commands(Texts(language), admin=True, community=shop.community)
            await bot.set_my_commands(commands, scope=scope, language_code=code)
    except TelegramError as error:
        logger.warning("An admin's command menu could not be registered: %s", error)

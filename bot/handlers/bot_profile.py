"""How the bot introduces itself: the command menu, in every language, and the menus of those who run the shop."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from telegram import BotCommandScopeChat
from telegram.error import TelegramError

from bot.core.languages import LANGUAGES
from bot.core.roles import TEAM
from bot.messages.bot_profile import say_description, say_short_description
from bot.messages.commands import Command, list_menu
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.members import find_chosen_language, list_team
from bot.updates.capability import Registry
from bot.wire.pacing import Priority
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot
from storage.errors import StoreUnavailable
from storage.role import Role
from storage.store import Store
from storage.tables import command_menus, roles

logger = logging.getLogger(__name__)

REST_SECONDS = 3600.0
"""Between two introductions: Telegram counts such calls by the hour, and a bot that is started again and again has only
one new thing to say."""

AGAIN_SECONDS = 2.0
"""Between two tries while the database is away."""


async def stay_introduced(bot: PassalongBot, store: Store, snapshots: Snapshots, registry: Registry) -> None:
    """Say who the bot is, and anew whenever the shop has changed; what is not said by then is said no more."""
    while True:
        snapshot = snapshots.current
        errand = asyncio.create_task(try_errand(partial(introduce, bot, store, snapshot.shop, registry)))
        try:
            await snapshots.wait_other_than(snapshot)
        finally:
            errand.cancel()
            await asyncio.wait({errand})


async def try_errand(errand: Callable[[], Awaitable[None]]) -> None:
    """Do what a bot can live without, again and again while the database is away; what else it fails by is logged."""
    while True:
        try:
            return await errand()
        except StoreUnavailable as error:
            logger.warning("The bot cannot be introduced yet, and tries again: %s", error)
        except Exception:
            logger.exception("The bot could not be introduced; a restart tries again")
            return None
        await asyncio.sleep(AGAIN_SECONDS)


async def introduce(bot: PassalongBot, store: Store, shop: Shop, registry: Registry) -> None:
    """Show the team its menus, and nobody who has left it; then say to everybody, perhaps an hour later, what is new."""
    if Role.OWNER not in (await store.read(roles.list_all)).values():
        logger.warning(
            "Nobody is an owner: while PASSALONG_ADMIN_IDS is empty nobody can write to members or see figures"
        )
    team, shown = await store.read(list_team), await store.read(command_menus.list_all)
    for telegram_id in dict.fromkeys((*team, *shown)):
        await settle_menu(bot, store, shop, registry, telegram_id)
    await _introduce_to_everybody(bot, store, shop, registry)


async def _introduce_to_everybody(bot: PassalongBot, store: Store, shop: Shop, registry: Registry) -> None:
    """Say what has changed since the last time, and nothing where nothing has."""
    commands = registry.list_commands(Role.MEMBER)
    said = [f"{say_description(texts, shop)} {say_short_description(texts, shop)}" for texts in map(Texts, LANGUAGES)]
    digest = _digest(shop, commands, *said)
    known, stands_seconds = await store.read(command_menus.find_everybodys)
    if known == digest:
        return
    await asyncio.sleep(min(REST_SECONDS, max(0.0, REST_SECONDS - stands_seconds)))
    await store.write(command_menus.set, command_menus.EVERYBODY, "")
    try:
        for language, code in list_codes(shop):
            await _introduce_in(bot, shop, commands, language, code=code)
    except TelegramError as error:
        logger.warning("Commands and descriptions could not be registered: %s", error)
    else:
        await store.write(command_menus.set, command_menus.EVERYBODY, digest)


async def _introduce_in(
    bot: PassalongBot, shop: Shop, commands: Sequence[Command], language: str, *, code: str | None
) -> None:
    texts, errand = Texts(language), Priority.ERRAND
    await bot.set_my_commands(list_menu(texts, shop, commands), language_code=code, rate_limit_args=errand)
    await bot.set_my_description(say_description(texts, shop), language_code=code, rate_limit_args=errand)
    await bot.set_my_short_description(say_short_description(texts, shop), language_code=code, rate_limit_args=errand)


async def settle_menu(bot: PassalongBot, store: Store, shop: Shop, registry: Registry, telegram_id: int) -> None:
    """Show in somebody's chat the commands of their role, or what everybody is shown.

    Such calls may take minutes, and a role may change meanwhile: what holds at the end is what is shown.
    """
    settled: Role | None = None
    while (role := await store.read(roles.find, telegram_id)) is not settled:
        if role in TEAM:
            await _show_menu(bot, store, shop, registry.list_commands(role), telegram_id)
        else:
            await _hide_menu(bot, store, shop, telegram_id)
        settled = role


async def _show_menu(
    bot: PassalongBot, store: Store, shop: Shop, commands: Sequence[Command], telegram_id: int
) -> None:
    """Say the commands in that chat only, in every language, unless they stand there; to whoever has chosen one, in that."""
    chosen = await store.read(find_chosen_language, telegram_id)
    digest = _digest(shop, commands, chosen or "")
    if (await store.read(command_menus.list_all)).get(telegram_id) == digest:
        return
    scope = BotCommandScopeChat(telegram_id)
    await store.write(command_menus.set, telegram_id, "")  # whatever comes of it, it may have to be taken away
    try:
        for language, code in list_codes(shop):
            await bot.set_my_commands(
                list_menu(Texts(chosen or language), shop, commands),
                scope=scope,
                language_code=code,
                rate_limit_args=Priority.ERRAND,
            )
    except TelegramError as error:
        logger.warning("The command menu of somebody who runs the shop could not be registered: %s", error)
    else:
        await store.write(command_menus.set, telegram_id, digest)


async def _hide_menu(bot: PassalongBot, store: Store, shop: Shop, telegram_id: int) -> None:
    """Show somebody who has left the team what everybody is shown."""
    scope = BotCommandScopeChat(telegram_id)
    try:
        for _, code in list_codes(shop):
            await bot.delete_my_commands(scope=scope, language_code=code, rate_limit_args=Priority.ERRAND)
    except TelegramError as error:
        logger.warning("The command menu of somebody who left could not be taken away: %s", error)
    else:
        await store.write(command_menus.clear, telegram_id)


def list_codes(shop: Shop) -> list[tuple[str, str | None]]:
    """Which language is shown under which code of Telegram's, all of two letters; None: to everybody of another language."""
    return [(shop.choose_language(""), None), *((language, language) for language in LANGUAGES if len(language) == 2)]


def _digest(shop: Shop, commands: Sequence[Command], *words: str) -> str:
    lines = [
        f"{code} {each.command} {each.description}"
        for language, code in list_codes(shop)
        for each in list_menu(Texts(language), shop, commands)
    ]
    return hashlib.sha256("\n".join([*lines, *words]).encode()).hexdigest()[:16]

"""Menu, language, help, privacy, and a pointer for whatever else is typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from telegram import Update

from bot.core.languages import LANGUAGES
from bot.core.roles import TEAM
from bot.handlers.bot_profile import settle_menu
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.conversations import render_over
from bot.messages.guide import (
    render_help,
    render_language,
    render_language_chosen,
    render_pointer,
    render_story_gone,
)
from bot.messages.joining.notices import render_home
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns import find_first_story
from bot.services.claiming.window import open_menu
from bot.services.guide import choose_language, open_help
from bot.services.members import MemberView, may, open_home
from bot.updates.context import visitor_of

PLACED_LANGUAGES = ("en", "id", "zh")
"""What the places in old buttons stand for."""


async def on_menu(update: Update, context: Context) -> None:
    """Home: standing, deal, link, spoken code and every button."""
    shop = context.deps.shop
    member = await context.read(open_menu, visitor=visitor_of(update))
    await show(update, context, render_home(Texts(member.language), shop, member))


async def on_help(update: Update, context: Context) -> None:
    """What the bot can do."""
    member, role = await context.read(open_help, visitor=visitor_of(update))
    commands = context.deps.registry.list_commands(role)
    await show(update, context, render_help(Texts(member.language), context.deps.shop, member, commands))


async def on_language(update: Update, context: Context) -> None:
    """Which language shall we speak?"""
    await _show_own(update, context, lambda texts, _shop, _member: render_language(texts))


async def on_set_language(update: Update, context: Context, said: str) -> None:
    """A language was picked, by its code; buttons of earlier versions name a place."""
    language = dict(enumerate(PLACED_LANGUAGES)).get(int(said), "") if said.isdecimal() else said
    if language not in LANGUAGES:
        await on_anything_else(update, context)
        return
    member = await context.write(choose_language, visitor=visitor_of(update), language=language)
    await show(update, context, render_language_chosen(Texts(member.language), context.deps.shop, member))
    if await context.read(may, telegram_id=member.telegram_id, roles=TEAM):
        deps = context.deps
        errand = settle_menu(context.bot, context.bot_data.store, deps.shop, deps.registry, member.telegram_id)
        context.run_aside(errand)


async def on_anything_else(update: Update, context: Context) -> None:
    """A friendly pointer, never silence; what was typed can be meant for a person."""
    seq = context.row.seq if context.row is not None and update.message is not None else None
    await _show_own(update, context, partial(render_pointer, seq=seq))


async def show_over(update: Update, context: Context) -> None:
    """A button of a dialogue that is over."""
    await _show_own(update, context, lambda texts, _shop, _member: render_over(texts))


def for_story(handler: Callable[[Update, Context, str], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Give a handler the story that a button names; where it is told no more, say so instead."""

    async def on_story_button(update: Update, context: Context, said: str) -> None:
        story, shop = said, context.deps.shop
        if said.isdecimal() and not shop.tells(said):
            story = await context.read(find_first_story, place=int(said))
        if shop.tells(story):
            await handler(update, context, story)
        else:
            await _show_own(update, context, render_story_gone)

    return on_story_button


async def _show_own(
    update: Update, context: Context, render: Callable[[Texts, Shop, MemberView], OutgoingMessage]
) -> None:
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render(Texts(member.language), context.deps.shop, member))

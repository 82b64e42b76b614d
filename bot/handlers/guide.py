"""Menu, language, help, privacy, and a pointer for whatever else is typed."""

from __future__ import annotations

from collections.abc import Callable

from telegram import Update

from bot.core.languages import LANGUAGES
from bot.handlers.deps import Context, visitor_of
from bot.handlers.reply import show
from bot.messages.guide import (
    render_help,
    render_language,
    render_language_chosen,
    render_pointer,
    render_privacy,
)
from bot.messages.joining.welcome import render_home
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.claiming.window import open_menu
from bot.services.guide import choose_language
from bot.services.members import MemberView, open_home


async def on_menu(update: Update, context: Context) -> None:
    """Home: standing, deal, link, spoken code and every button."""
    shop = context.deps.shop
    member = await context.read(open_menu, visitor=visitor_of(update), campaign=shop.campaign)
    await show(update, context, render_home(Texts(member.language), shop, member))


async def on_help(update: Update, context: Context) -> None:
    """What the bot can do."""
    await _show_own(update, context, render_help)


async def on_privacy(update: Update, context: Context) -> None:
    """What is kept about me, and why."""
    await _show_own(update, context, lambda texts, _shop, member: render_privacy(texts, member))


async def on_language(update: Update, context: Context) -> None:
    """Which language shall we speak?"""
    await _show_own(update, context, lambda texts, _shop, _member: render_language(texts))


async def on_set_language(update: Update, context: Context, place: int) -> None:
    """A language was picked, by its place in LANGUAGES."""
    member = await context.write(choose_language, visitor=visitor_of(update), language=LANGUAGES[place])
    await show(update, context, render_language_chosen(Texts(member.language), context.deps.shop, member))


async def on_anything_else(update: Update, context: Context) -> None:
    """A friendly pointer, never silence."""
    await _show_own(update, context, render_pointer)


async def _show_own(
    update: Update, context: Context, render: Callable[[Texts, Shop, MemberView], OutgoingMessage]
) -> None:
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render(Texts(member.language), context.deps.shop, member))

"""What is kept about a member: to read it, to take it along, to have it forgotten."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.outgoing import Document
from bot.messages.privacy import (
    FILE_NAME,
    render_forget,
    render_forget_asked,
    render_forgotten,
    render_mydata,
    render_privacy,
    write_mydata,
)
from bot.messages.texts import Texts
from bot.services.members import open_home
from bot.services.privacy import collect, forget
from bot.updates.context import visitor_of
from bot.wire.link_revoking import revoke_owed


async def on_privacy(update: Update, context: Context) -> None:
    """What is kept about me, and why."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_privacy(Texts(member.language), member))


async def on_mydata(update: Update, context: Context) -> None:
    """Everything kept about me, as a file."""
    data = await context.read(collect, visitor=visitor_of(update))
    said = render_mydata(Texts(data.member.language))
    content = write_mydata(data, context.deps.shop.zone)
    await context.deliver(replace(said, document=Document(content=content, name=FILE_NAME)))


async def on_forget(update: Update, context: Context) -> None:
    """What would go and what would stay."""
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_forget(Texts(member.language)))


async def on_forget_ask(update: Update, context: Context) -> None:
    """The first tap: is it really meant?"""
    member = await context.read(open_home, visitor=visitor_of(update))
    await show(update, context, render_forget_asked(Texts(member.language)))


async def on_forget_sure(update: Update, context: Context) -> None:
    """The second tap: everything goes, and links into chats are closed."""
    visitor = visitor_of(update)
    member = await context.read(open_home, visitor=visitor)
    await context.write(forget, telegram_id=visitor.telegram_id)
    context.run_aside(revoke_owed(context.bot, context.bot_data.store))
    await show(update, context, render_forgotten(Texts(member.language)))

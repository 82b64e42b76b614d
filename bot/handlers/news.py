"""A member chooses what the shop may write to them about, and says where they are."""

from __future__ import annotations

import asyncio
from functools import partial

from telegram import Update

from bot.core.zones import find_zone_name
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.news import render_news, render_zone_question
from bot.messages.texts import Texts
from bot.services import news
from bot.services.members import open_home
from bot.services.news import NewsView
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.broadcast import News
from storage.conversation import Conversation


async def on_news(update: Update, context: Context) -> None:
    """What is chosen, and what can be."""
    await _show(update, context, await context.read(news.view_news, visitor=visitor_of(update)))


async def on_switch(update: Update, context: Context, kind: str, wanted: int) -> None:
    """One kind on (1) or off (0)."""
    if kind in set(News):
        switch = partial(news.set_wanted, kind=News(kind), wanted=bool(wanted))
        await _show(update, context, await context.write(switch, visitor=visitor_of(update)))


async def on_zone(update: Update, context: Context) -> None:
    """Ask where the member is."""
    view = await context.write(news.ask_zone, visitor=visitor_of(update))
    await show(update, context, render_zone_question(Texts(view.member.language)))


async def on_zone_said(update: Update, context: Context, asked: Conversation) -> None:
    """A city, a zone's name, or hours from UTC."""
    del asked
    message, visitor = update.effective_message, visitor_of(update)
    member = await context.read(open_home, visitor=visitor)
    zone = await asyncio.to_thread(find_zone_name, (message and message.text) or "", member.language)
    if zone is None:
        await show(update, context, render_zone_question(Texts(member.language), is_wrong=True))
    else:
        await _show(update, context, await context.write(partial(news.set_zone, zone=zone), visitor=visitor))


async def on_zone_own(update: Update, context: Context) -> None:
    """By the language again."""
    await _show(update, context, await context.write(partial(news.set_zone, zone=None), visitor=visitor_of(update)))


async def on_cancel(update: Update, context: Context) -> None:
    """The place stays as it was."""
    await _show(update, context, await context.write(news.stop_asking, visitor=visitor_of(update)))


async def _show(update: Update, context: Context, view: NewsView) -> None:
    await show(update, context, render_news(Texts(view.member.language), view))


FLOW = Flow(name=news.NEWS, steps=[Step(name="zone", on_answer=on_zone_said)], on_cancel=on_cancel)

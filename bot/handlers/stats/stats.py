"""The figures of word of mouth, as a picture with the figures as text."""

from __future__ import annotations

from dataclasses import replace

from telegram import Update

from bot.core.roles import MANAGERS
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.stats.charts import draw_chart
from bot.messages.commands import Command
from bot.messages.outgoing import Photo
from bot.messages.stats.charts import compose_chart
from bot.messages.stats.screens import render_stats
from bot.messages.texts import Texts
from bot.services.stats import count
from bot.updates.capability import Capability
from bot.updates.context import visitor_of


async def on_stats(update: Update, context: Context) -> None:
    """Count, draw, send; where no picture can be drawn the figures go as text."""
    view = await context.read(count, visitor=visitor_of(update))
    texts, shop = Texts(view.member.language), context.deps.shop
    screen = render_stats(texts, shop, view)
    logo = await context.deps.pictures.draw_chart_logo()
    png = await draw_chart(compose_chart(texts, shop, view), logo=logo)
    if png is None:
        await show(update, context, screen)
        return
    await context.deliver(replace(screen, photo=Photo(image=png, name="figures.png")))


CAPABILITY = Capability(
    name="stats",
    roles=MANAGERS,
    commands={Command(name="stats", text="command.stats", place=2): on_stats},
)

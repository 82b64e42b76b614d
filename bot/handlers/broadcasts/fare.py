"""Whether the bot can pay for what is to go faster than is free of charge: asked of Telegram, and said."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.broadcasts.fare import find_fare, render_fare
from bot.messages.texts import Texts
from bot.services.broadcasts.authoring import BroadcastView
from bot.wire.stars import find_balance


async def show_fare(update: Update, context: Context, view: BroadcastView) -> None:
    """Price and balance."""
    fare = find_fare(view, await find_balance(context.bot))
    await show(update, context, render_fare(Texts(view.member.language), view, fare))


async def can_pay(update: Update, context: Context, view: BroadcastView) -> bool:
    """Whether the bot has enough; where it has not, that is shown."""
    fare = find_fare(view, await find_balance(context.bot))
    if not fare.is_affordable:
        await show(update, context, render_fare(Texts(view.member.language), view, fare))
    return fare.is_affordable

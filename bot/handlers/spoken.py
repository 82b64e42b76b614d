"""The code for the telephone."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.messages.spoken import render_choice, render_choice_stopped, render_spoken, render_spoken_prompt
from bot.messages.texts import Texts
from bot.services.spoken import SPOKEN as SPOKEN_FLOW
from bot.services.spoken import ask_own, choose_own, open_spoken, stop_choosing
from bot.updates.context import visitor_of
from bot.updates.flows import Flow, Step
from storage.conversation import Conversation


async def on_spoken(update: Update, context: Context) -> None:
    """What to say on the telephone."""
    view = await context.read(open_spoken, visitor=visitor_of(update))
    await show(update, context, render_spoken(Texts(view.member.language), context.deps.shop, view))


async def on_choose_spoken(update: Update, context: Context) -> None:
    """Ask for a code of the member's own."""
    view = await context.write(ask_own, visitor=visitor_of(update))
    await show(update, context, render_spoken_prompt(Texts(view.member.language), context.deps.shop, view))


async def on_keep_spoken(update: Update, context: Context) -> None:
    """No own code after all."""
    member = await context.write(stop_choosing, visitor=visitor_of(update))
    await show(update, context, render_choice_stopped(Texts(member.language), context.deps.shop, member))


async def on_spoken_typed(update: Update, context: Context, _asked: Conversation) -> None:
    """The code that was asked for: kept, or refused with the reason."""
    message = update.effective_message
    assert message is not None
    shop = context.deps.shop
    view = await context.write(
        choose_own,
        visitor=visitor_of(update),
        text=message.text or "",
        shop_names=[*shop.campaign.brand.values(), shop.bot_username],
    )
    await show(update, context, render_choice(Texts(view.member.language), shop, view))


FLOW = Flow(name=SPOKEN_FLOW, steps=[Step(name="code", on_answer=on_spoken_typed)], on_cancel=on_keep_spoken)

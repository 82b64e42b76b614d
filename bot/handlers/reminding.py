"""After the share: remind a friend, share again, and be left in peace oneself."""

from __future__ import annotations

from telegram import Update

from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.sharing.share import CARD, hand_over
from bot.messages.privacy import render_privacy
from bot.messages.reminding import render_nudges_stopped, render_reminders_stopped, say_reminded
from bot.messages.standing import render_invites
from bot.messages.texts import Texts
from bot.services.reminding.nudges import set_nudges
from bot.services.reminding.reminders import decline, find_fresh_story, remind
from bot.services.standing import list_invites
from bot.updates.context import visitor_of
from storage.records import ReferralId


async def on_remind(update: Update, context: Context, referral: int, page: int) -> None:
    """Write a friend a kind word on the member's behalf; the list says what became of it."""
    visitor, shop = visitor_of(update), context.deps.shop
    told = await context.write(remind, visitor=visitor, referral_id=ReferralId(referral))
    view = await context.read(list_invites, visitor=visitor, page=page)
    texts = Texts(view.member.language)
    await show(update, context, render_invites(texts, shop, view, note=say_reminded(texts, shop, told)))


async def on_no_reminders(update: Update, context: Context, referral: int) -> None:
    """The friend wants no more of them."""
    member = await context.write(decline, visitor=visitor_of(update), referral_id=ReferralId(referral))
    await show(update, context, render_reminders_stopped(Texts(member.language)))


async def on_share_again(update: Update, context: Context) -> None:
    """Hand the member their card with another story than the one shared last."""
    story = await context.read(find_fresh_story, visitor=visitor_of(update))
    await hand_over(update, context, CARD, story)


async def on_no_nudges(update: Update, context: Context) -> None:
    """The member wants no more nudges."""
    member = await context.write(set_nudges, visitor=visitor_of(update), nudges=False)
    await show(update, context, render_nudges_stopped(Texts(member.language)))


async def on_nudges(update: Update, context: Context, wanted: int) -> None:
    """Nudges on (1) or off (0), under what is kept."""
    member = await context.write(set_nudges, visitor=visitor_of(update), nudges=bool(wanted))
    await show(update, context, render_privacy(Texts(member.language), member))

"""Just say my name: a newcomer tells who recommended the shop, and the one who was named may say no."""

from __future__ import annotations

from typing import TypedDict

from telegram import Update

from bot.core.campaign import Campaign
from bot.core.claiming import decide_named
from bot.handlers.community import find_chat_id
from bot.handlers.guide import on_anything_else
from bot.handlers.kit import Context, visitor_of
from bot.handlers.showing import show
from bot.messages.screens.claim import render_claim, render_claim_prompt, render_disowned, render_nobody
from bot.messages.screens.guide import render_privacy
from bot.messages.texts import Texts
from bot.services import asking, claiming
from bot.services.claiming import ClaimView
from bot.services.disowning import disown
from bot.services.preferences import set_findable
from storage.records import ReferralId


class _Circumstances(TypedDict):
    campaign: Campaign
    announce: bool
    community: int | None


async def on_claim(update: Update, context: Context) -> None:
    """A friend told me: whose name shall it be?"""
    visitor, shop = visitor_of(update), context.kit.shop
    member, window = await context.write(asking.ask_claim, visitor=visitor, campaign=shop.campaign)
    await show(update, context, render_claim_prompt(Texts(member.language), shop, member, window))


async def on_nobody(update: Update, context: Context) -> None:
    """Nobody did: what is typed next is no name."""
    member = await context.write(asking.name_nobody, visitor=visitor_of(update))
    await show(update, context, render_nobody(Texts(member.language), context.kit.shop, member))


async def on_claim_typed(update: Update, context: Context, _offer: str) -> None:
    """The name that was asked for; what cannot be one is left to the usual pointer."""
    message = update.effective_message
    assert message is not None
    text = message.text or ""
    if not decide_named(text):
        await on_anything_else(update, context)
        return
    circumstances = await _find_circumstances(context)
    view = await context.write(claiming.name_inviter, visitor=visitor_of(update), text=text, **circumstances)
    await _show(update, context, view)


async def on_claim_pick(update: Update, context: Context, number: int, place: int) -> None:
    """One of those who were offered."""
    circumstances = await _find_circumstances(context)
    visitor = visitor_of(update)
    view = await context.write(claiming.pick_inviter, visitor=visitor, number=number, place=place, **circumstances)
    await _show(update, context, view)


async def on_not_me(update: Update, context: Context, referral_id: int) -> None:
    """It was somebody else who recommended us to that friend."""
    shop = context.kit.shop
    view = await context.write(
        disown, visitor=visitor_of(update), referral_id=ReferralId(referral_id), campaign=shop.campaign
    )
    await show(update, context, render_disowned(Texts(view.member.language), shop, view))


async def on_findable(update: Update, context: Context, findable: int) -> None:
    """Be found by name from now on (1), or not (0)."""
    member = await context.write(set_findable, visitor=visitor_of(update), findable=bool(findable))
    await show(update, context, render_privacy(Texts(member.language), member))


async def _find_circumstances(context: Context) -> _Circumstances:
    campaign = context.kit.shop.campaign
    return {
        "campaign": campaign,
        "announce": context.kit.announce,
        "community": await find_chat_id(context) if campaign.rules.join_community else None,
    }


async def _show(update: Update, context: Context, view: ClaimView) -> None:
    await show(update, context, render_claim(Texts(view.member.language), context.kit.shop, view))

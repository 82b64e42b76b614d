"""Starting the bot, alone or by a member's link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Update

from bot.core.choosing import CHOOSE_LINK
from bot.core.club import CLUB_LINK
from bot.core.conversions.receipts import RECEIPT_PREFIX
from bot.core.links import Attribution
from bot.core.redeeming import USE_PREFIX
from bot.core.roles import TEAM, TEAM_PREFIX
from bot.handlers.bot_profile import settle_menu
from bot.handlers.community.chat import look_after
from bot.handlers.community.community import find_chat_id
from bot.handlers.deps import Context
from bot.handlers.reply import show
from bot.handlers.sharing.wishing import wish_card
from bot.late import late
from bot.messages.joining.notices import render_home
from bot.messages.joining.refusals import (
    render_already_member,
    render_own_code,
    render_throttled,
    render_unknown_code,
)
from bot.messages.texts import Texts
from bot.services.joining.joining import start
from bot.updates.context import visitor_of

if TYPE_CHECKING:
    from bot.handlers import choosing, club, redeeming, team
    from bot.handlers.conversions import orders, till
else:
    choosing = late("bot.handlers.choosing")
    club = late("bot.handlers.club")
    redeeming = late("bot.handlers.redeeming")
    team = late("bot.handlers.team")
    orders = late("bot.handlers.conversions.orders")
    till = late("bot.handlers.conversions.till")

FROM_INLINE = "inline"
"""Start payload of the button that somebody without a link meets in inline mode: no code at all."""

_SCREENS = {CLUB_LINK: club.on_club, CHOOSE_LINK: choosing.on_choose}
"""What links lead to that bring nobody: broadcasts and the announce chat have them."""

_ANSWERS = {
    Attribution.RETURNING: render_home,
    Attribution.OWN_CODE: render_own_code,
    Attribution.UNKNOWN_CODE: render_unknown_code,
    Attribution.ALREADY_MEMBER: render_already_member,
    Attribution.THROTTLED: render_throttled,
}


async def on_start(update: Update, context: Context) -> None:
    """A newcomer's greeting is a notice; everybody else is answered here."""
    payload = " ".join(context.args or ())
    if payload.startswith(TEAM_PREFIX):
        await team.on_team_link(update, context, payload.removeprefix(TEAM_PREFIX))
        return
    if payload.startswith(USE_PREFIX):
        await redeeming.on_use_link(update, context, payload.removeprefix(USE_PREFIX))
        return
    if payload.startswith(RECEIPT_PREFIX):
        await orders.on_receipt(update, context, payload.removeprefix(RECEIPT_PREFIX))
        return
    if context.deps.shop.campaign.rules.join_community:
        await find_chat_id(context)
    arrival = await context.write(
        start,
        visitor=visitor_of(update),
        payload="" if payload == FROM_INLINE or payload in _SCREENS else payload,
        from_inline=payload == FROM_INLINE,
    )
    if arrival.role in TEAM:
        context.run_aside(_welcome_team(context, arrival.member.telegram_id))
    if (
        arrival.role in TEAM
        and arrival.attribution is Attribution.ALREADY_MEMBER
        and await till.on_scanned(update, context, payload)
    ):
        return
    if payload in _SCREENS:
        await _SCREENS[payload](update, context)
    elif not arrival.greeted_by_notice:
        render = _ANSWERS[arrival.attribution]
        await show(update, context, render(Texts(arrival.member.language), context.deps.shop, arrival.member))
        context.run_aside(wish_card(context, arrival.member.telegram_id))


async def _welcome_team(context: Context, telegram_id: int) -> None:
    """Who runs the shop can be written to from now on: show what there is, and what keeps the community chat closed.

    It is an errand beside the answer: Telegram may refuse it for minutes.
    """
    deps = context.deps
    await settle_menu(context.bot, context.bot_data.store, deps.shop, deps.registry, telegram_id)
    if context.deps.community is not None:
        await look_after(context.bot, context.bot_data.store, context.deps.community)

"""Starting the bot, alone or by a member's link."""

from __future__ import annotations

from telegram import Update
from telegram.ext import ChatMemberHandler

from bot.core.choosing import CHOOSE_LINK
from bot.core.claiming import Attribution
from bot.core.club import CLUB_LINK
from bot.core.conversions.receipts import RECEIPT_PREFIX
from bot.core.redeeming import USE_PREFIX
from bot.core.roles import EVERYBODY, TEAM, TEAM_PREFIX
from bot.handlers.bot_profile import settle_menu
from bot.handlers.choosing import on_choose
from bot.handlers.club import on_club
from bot.handlers.community.chat import look_after
from bot.handlers.community.community import find_chat_id
from bot.handlers.conversions.orders import on_receipt
from bot.handlers.conversions.till import on_scanned
from bot.handlers.deps import Context
from bot.handlers.joining.membership import on_my_chat_member
from bot.handlers.redeeming import on_use_link
from bot.handlers.reply import show
from bot.handlers.sharing.wishing import wish_card
from bot.handlers.team import on_team_link
from bot.messages.commands import Command
from bot.messages.joining.notices import NOTICES, render_home
from bot.messages.joining.refusals import (
    render_already_member,
    render_own_code,
    render_throttled,
    render_unknown_code,
)
from bot.messages.texts import Texts
from bot.services.joining.joining import start
from bot.updates.capability import Capability, Listener
from bot.updates.context import visitor_of

FROM_INLINE = "inline"
"""Start payload of the button that somebody without a link meets in inline mode: no code at all."""

_SCREENS = {CLUB_LINK: on_club, CHOOSE_LINK: on_choose}
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
        await on_team_link(update, context, payload.removeprefix(TEAM_PREFIX))
        return
    if payload.startswith(USE_PREFIX):
        await on_use_link(update, context, payload.removeprefix(USE_PREFIX))
        return
    if payload.startswith(RECEIPT_PREFIX):
        await on_receipt(update, context, payload.removeprefix(RECEIPT_PREFIX))
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
        and await on_scanned(update, context, payload)
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


CAPABILITY = Capability(
    name="joining",
    roles=EVERYBODY,
    commands={Command(name="start", text="command.start", place=80, in_help=False): on_start},
    listeners=[
        Listener(
            update_type="my_chat_member",
            handler=ChatMemberHandler(on_my_chat_member, ChatMemberHandler.MY_CHAT_MEMBER),
        )
    ],
    notices=NOTICES,
)

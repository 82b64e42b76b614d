"""The member's personal way into the community chat, and what admins are told when it is closed."""

from __future__ import annotations

from urllib.parse import quote

from telegram import CopyTextButton, InlineKeyboardButton

from bot.core.community import ChatProblem
from bot.messages.buttons import MENU
from bot.messages.keyboards import compose_menu_keyboard, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name, show_plain_name
from bot.services.community.inviting import CommunityView
from bot.services.community.notices import AdminWarning
from bot.services.community.warning import JOB_FAILING, JOB_WORKS

_TITLE_LIMIT = 64
"""Telegram allows 128 characters for a chat's title."""

_WARNINGS = {
    ChatProblem.NO_CHAT: "warning.no_chat",
    ChatProblem.NO_ADMIN: "warning.no_admin",
    ChatProblem.NO_INVITING: "warning.no_inviting",
    ChatProblem.OTHER_CHAT: "warning.other_chat",
    "moved": "warning.moved",
    ChatProblem.NO_POSTING: "warning.no_posting",
    ChatProblem.NO_VAULT: "warning.no_vault",
    ChatProblem.NO_STAFF: "warning.no_staff",
    JOB_FAILING: "warning.job_failing",
    JOB_WORKS: "warning.job_works",
}


def render_community(texts: Texts, shop: Shop, view: CommunityView, *, link: str, title: str) -> OutgoingMessage:
    """The personal invite link, what it brings, and the buttons that pass it on."""
    told = shop.told(texts.language)
    expected = texts.say("community.expected", points=shop.points(view.points, texts.language))
    deal = texts.say("community.deal", inviter_points=told.inviter_points, invitee_points=told.invitee_points)
    paragraphs = [
        *([expected] if view.waits else []),
        texts.say("community.link", chat=_show_title(texts, title), link=escape(link)),
        deal,
        texts.say("community.hold", count=shop.campaign.rules.hold_days),
    ]
    rows = [
        [InlineKeyboardButton(texts.plain("community.share"), url=_share_address(texts, link, title))],
        [InlineKeyboardButton(texts.plain("button.copy"), copy_text=CopyTextButton(link))],
        [InlineKeyboardButton(texts.plain("community.open"), url=link)],
        tap_row(texts, MENU),
    ]
    return OutgoingMessage(text="\n\n".join(paragraphs), keyboard=stack(*rows))


def render_community_closed(texts: Texts, shop: Shop, view: CommunityView) -> OutgoingMessage:
    """No link can be made now; the usual ways go on."""
    keyboard = compose_menu_keyboard(texts, shop, view.member.code)
    return OutgoingMessage(text=texts.say("community.closed"), keyboard=keyboard)


def render_admin_warning(reader: Reader, notice: AdminWarning) -> OutgoingMessage:
    """What is amiss, and what an admin can do about it."""
    chat = _show_title(reader.texts, notice.chat)
    return OutgoingMessage(text=reader.texts.say(_WARNINGS[notice.warning], chat=chat, number=notice.number))


def _show_title(texts: Texts, title: str) -> Html:
    return show_name(texts, title, limit=_TITLE_LIMIT) if title else texts.say("community.nameless")


def _share_address(texts: Texts, link: str, title: str) -> str:
    chat = show_plain_name(texts, title, limit=_TITLE_LIMIT) if title else texts.plain("community.nameless")
    draft = texts.plain("community.draft", chat=chat)
    return f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(draft, safe='')}"


NOTICES: Renderers = {AdminWarning: each(render_admin_warning)}

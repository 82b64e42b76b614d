"""Passing on outside Telegram, where there is no share page."""

from __future__ import annotations

from bot.messages.buttons import MENU
from bot.messages.keyboards import network_rows, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.members import MemberView


def render_more(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """The networks that take a plain https address; each button carries the member's link there.

    A share page that no button may open, since it is on this machine alone, stands in the text.
    """
    keyboard = stack(*network_rows(texts, shop, member.code), tap_row(texts, MENU))
    page = shop.page_address(member.code)
    words = [texts.say("web.more"), *([texts.say("web.more_page", link=page)] if page else [])]
    return OutgoingMessage(text="\n\n".join(words), keyboard=keyboard)

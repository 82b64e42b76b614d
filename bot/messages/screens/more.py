"""Passing on outside Telegram, where there is no share page."""

from __future__ import annotations

from bot.messages.callbacks import Action
from bot.messages.keyboards import network_rows, stack, tap_row
from bot.messages.screen import Screen
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.members import MemberView


def render_more(texts: Texts, shop: Shop, member: MemberView) -> Screen:
    """The networks that take a plain https address; each button carries the member's link there."""
    keyboard = stack(*network_rows(texts, shop, member.code), tap_row(texts, Action.MENU))
    return Screen(text=texts.say("web.more"), keyboard=keyboard)

"""Buttons of what travels by talk: who recommended us, and the code for the telephone."""

from __future__ import annotations

from telegram import InlineKeyboardButton

from bot.messages.callbacks import Action, Callback
from bot.messages.keyboards import Row
from bot.messages.texts import Texts


def nobody_row(texts: Texts) -> Row:
    """Nobody recommended us."""
    return [make_button(texts.plain("claim.nobody_button"), Action.NOBODY)]


def home_row(texts: Texts, *, can_claim: bool) -> Row:
    """The code for the telephone, and for who can still say it: a friend told me."""
    claim = [make_button(texts.plain("claim.button"), Action.CLAIM)] if can_claim else []
    return [make_button(texts.plain("spoken.button"), Action.SPOKEN), *claim]


def findable_row(texts: Texts, *, findable: bool) -> Row:
    """Be found by name, or not."""
    label = texts.plain("claim.hide_button" if findable else "claim.show_button")
    return [make_button(label, Action.FINDABLE, int(not findable))]


def make_button(label: str, action: Action, *arguments: int) -> InlineKeyboardButton:
    """A button with words of its own."""
    return InlineKeyboardButton(label, callback_data=Callback(action, arguments).encode())

"""The code for the telephone: shown, and chosen by who wants an own one."""

from __future__ import annotations

from bot.core.spoken.own_codes import Unsuitable
from bot.messages.buttons import CHOOSE_SPOKEN, KEEP_SPOKEN, MENU, QR
from bot.messages.keyboards import Row, compose_send_keyboard, make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.members import MemberView
from bot.services.spoken import ChoiceView, SpokenView

REFUSALS = {
    Unsuitable.LENGTH: "spoken.refused.length",
    Unsuitable.LETTERS: "spoken.refused.letters",
    Unsuitable.RESERVED: "spoken.refused.reserved",
    Unsuitable.RUDE: "spoken.refused.rude",
    Unsuitable.ALIKE: "spoken.refused.alike",
    Unsuitable.TAKEN: "spoken.refused.taken",
}
"""Why a code cannot be had."""


def render_spoken(texts: Texts, shop: Shop, view: SpokenView) -> OutgoingMessage:
    """The code and how a friend uses it."""
    text = texts.say("spoken.text", code=view.code, bot=shop.bot_username)
    if view.chosen:
        return OutgoingMessage(text=text, keyboard=stack(tap_row(texts, QR, MENU)))
    choose = make_button(texts, CHOOSE_SPOKEN)
    offered = Html(f"{text}\n\n{texts.say('spoken.offer')}")
    return OutgoingMessage(text=offered, keyboard=stack([choose], tap_row(texts, QR, MENU)))


def render_spoken_prompt(texts: Texts, shop: Shop, view: SpokenView) -> OutgoingMessage:
    """Asks for an own code; who chose before is told so."""
    if view.chosen:
        once = texts.say("spoken.refused.once", code=view.code)
        return OutgoingMessage(text=once, keyboard=compose_send_keyboard(texts, shop, view.member.code))
    return OutgoingMessage(text=texts.say("spoken.prompt", code=view.code), keyboard=stack(_cancel_row(texts)))


def render_choice(texts: Texts, shop: Shop, view: ChoiceView) -> OutgoingMessage:
    """The code is the member's own now, or why it cannot be."""
    keyboard = compose_send_keyboard(texts, shop, view.member.code)
    if view.refused is None:
        return OutgoingMessage(text=texts.say("spoken.kept", code=view.code), keyboard=keyboard)
    if view.refused is Unsuitable.CHOSEN_BEFORE:
        return OutgoingMessage(text=texts.say("spoken.refused.once", code=view.code), keyboard=keyboard)
    return OutgoingMessage(text=texts.say(REFUSALS[view.refused]), keyboard=stack(_cancel_row(texts)))


def render_choice_stopped(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """No own code after all."""
    return OutgoingMessage(text=texts.say("spoken.stopped"), keyboard=compose_send_keyboard(texts, shop, member.code))


def _cancel_row(texts: Texts) -> Row:
    return [make_button(texts, KEEP_SPOKEN)]

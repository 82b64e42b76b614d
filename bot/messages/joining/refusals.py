"""Kind words where the answer is no, or where we failed."""

from __future__ import annotations

from bot.messages.joining.notices import say_deal, say_link
from bot.messages.keyboards import compose_send_keyboard
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, show_name
from bot.services.members import MemberView


def render_own_code(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """One's own link does nothing for oneself: it says what a friend will see."""
    brand, points = shop.brand(texts.language), shop.told(texts.language).invitee_points
    invitation = texts.say("web.invited_by", name=show_name(texts, member.name, first=True), brand=brand)
    return _compose(texts, shop, member, texts.say("refusal.own_code", invitation=invitation, points=points))


def render_unknown_code(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """A member opened a code that nobody has. A newcomer gets `render_welcome(unknown_code=True)`."""
    return _compose(texts, shop, member, texts.say("refusal.unknown_code"))


def render_already_member(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """A member opened a friend's link: who is a member stays whose guest they were."""
    return _compose(texts, shop, member, texts.say("refusal.already_member"), say_deal(texts, shop))


def render_throttled(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """Too many unknown codes from one person."""
    return _compose(texts, shop, member, texts.say("refusal.throttled"))


def render_sorry(texts: Texts) -> OutgoingMessage:
    """Something failed, and it was our fault."""
    return OutgoingMessage(text=texts.say("sorry.text"))


def say_patience(texts: Texts) -> str:
    """To somebody whose messages come faster than answers can be read."""
    return texts.say("flood.text")


def say_stale(texts: Texts) -> str:
    """The answer to a tap on a button that no longer means anything; at most 200 characters."""
    return texts.plain("toast.stale")


def render_missing(texts: Texts) -> OutgoingMessage:
    """Instead of what an older button or a dialogue was about, where that is not there any more."""
    return OutgoingMessage(text=texts.say("missing.text"))


def _compose(texts: Texts, shop: Shop, member: MemberView, *paragraphs: Html) -> OutgoingMessage:
    text = "\n\n".join([*paragraphs, say_link(texts, shop, member.code)])
    return OutgoingMessage(text=text, keyboard=compose_send_keyboard(texts, shop, member.code))

"""Language, help, privacy, and the pointer for whatever else is typed."""

from __future__ import annotations

from collections.abc import Iterable

from bot.messages.commands import Command, say_commands
from bot.messages.joining.refusals import render_sorry
from bot.messages.keyboards import compose_language_keyboard, compose_menu_keyboard, make_button
from bot.messages.notices import Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.messages.tickets.buttons import COMPLAINT
from bot.services.members import MemberView
from bot.services.notices import Sorry


def render_language(texts: Texts) -> OutgoingMessage:
    """The picker; each language calls itself by its own name, for whoever landed in a wrong one."""
    return OutgoingMessage(text=texts.say("language.ask"), keyboard=compose_language_keyboard(texts))


def render_language_chosen(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """Said in the language just chosen, so that one sees it worked."""
    return OutgoingMessage(text=texts.say("language.chosen"), keyboard=compose_menu_keyboard(texts, shop, member.code))


def render_help(texts: Texts, shop: Shop, member: MemberView, commands: Iterable[Command]) -> OutgoingMessage:
    """What the bot can do; `commands` are those that this member can type."""
    told = shop.told(texts.language)
    text = texts.say(
        "help.text",
        commands=say_commands(texts, shop, commands),
        inviter_points=told.inviter_points,
        invitee_points=told.invitee_points,
    )
    return OutgoingMessage(text=text, keyboard=compose_menu_keyboard(texts, shop, member.code))


def render_story_gone(texts: Texts, shop: Shop, member: MemberView) -> OutgoingMessage:
    """For an old button of a story that is told no more."""
    return OutgoingMessage(text=texts.say("story.gone"), keyboard=compose_menu_keyboard(texts, shop, member.code))


def render_pointer(texts: Texts, shop: Shop, member: MemberView, seq: int | None = None) -> OutgoingMessage:
    """For anything typed that means nothing here; `seq` is its update, where it can be meant for a person."""
    last = [make_button(texts, COMPLAINT, seq)] if seq is not None else None
    keyboard = compose_menu_keyboard(texts, shop, member.code, last=last)
    return OutgoingMessage(text=texts.say("pointer.text"), keyboard=keyboard)


NOTICES: Renderers = {Sorry: each(lambda reader, _: render_sorry(reader.texts))}

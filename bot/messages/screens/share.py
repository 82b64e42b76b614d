"""What is passed on: the card with its caption, the QR code, the message sent inline."""

from __future__ import annotations

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

from bot.messages.keyboards import compose_join_keyboard, compose_share_keyboard
from bot.messages.naming import show_name
from bot.messages.screen import Photo, Screen
from bot.messages.shop import Shop, Source
from bot.messages.texts import Html, Texts, escape
from bot.services.members import MemberView


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineInvitation:
    """One result of an inline query: what the member picks from, and what the friend gets."""

    title: str
    description: str
    caption: str
    keyboard: InlineKeyboardMarkup


def render_share(texts: Texts, shop: Shop, member: MemberView, photo: Photo) -> Screen:
    """The share card. It speaks to the friend, so that forwarding it as it is suffices."""
    caption = say_invitation(texts, shop, member, Source.FORWARDED)
    return Screen(text=caption, photo=photo, keyboard=compose_share_keyboard(texts, shop, member.code))


def render_qr(texts: Texts, shop: Shop, member: MemberView, photo: Photo) -> Screen:
    """The QR code alone, with the link under it."""
    caption = texts.say("qr.caption", link=escape(shop.link(member.code, Source.FORWARDED)))
    return Screen(text=caption, photo=photo, keyboard=compose_share_keyboard(texts, shop, member.code))


def render_inline_invitation(texts: Texts, shop: Shop, member: MemberView) -> InlineInvitation:
    """The card as a friend gets it in any chat; its one button opens the bot with the member's code."""
    return InlineInvitation(
        title=texts.plain("inline.title", brand=shop.brand(texts.language)),
        description=shop.story(texts.language).headline,
        caption=say_invitation(texts, shop, member, Source.INLINE),
        keyboard=compose_join_keyboard(texts.plain("button.accept"), shop.link(member.code, Source.INLINE)),
    )


def say_start_first(texts: Texts) -> str:
    """The button above the inline results of somebody who is not a member yet."""
    return texts.plain("inline.start_first")


def say_invitation(texts: Texts, shop: Shop, member: MemberView, source: Source) -> Html:
    """Story, inviter and link: at most 1,024 visible characters with the limits of a campaign."""
    story = shop.story(texts.language)
    invitation = texts.say(
        "share.invitation",
        inviter=show_name(texts, member.name, first=True),
        link=escape(shop.link(member.code, source)),
    )
    return Html("\n\n".join([f"<b>{escape(story.headline)}</b>", escape(story.text), escape(story.offer), invitation]))

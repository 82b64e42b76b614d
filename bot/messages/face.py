"""A member's face on their cards: looked at before anybody else sees it, and taken off again."""

from __future__ import annotations

from bot.messages.buttons import FACE_DROP, FACE_KEEP, HIDE_FACE, MENU, SHARE
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing.screens import say_caption
from bot.messages.shop import Shop, Source
from bot.messages.texts import Texts
from bot.services.members import MemberView


def render_face_preview(texts: Texts, shop: Shop, member: MemberView, photo: Photo, story: str) -> OutgoingMessage:
    """The card as it would be with this face."""
    told = shop.story(texts.language, story).key
    return OutgoingMessage(
        text=say_caption(texts, shop, member, Source.FORWARDED, story),
        photo=photo,
        keyboard=stack([make_button(texts, FACE_KEEP, told)], [make_button(texts, FACE_DROP, told)]),
    )


def render_no_face(texts: Texts) -> OutgoingMessage:
    """There is no photo to be seen: the name alone is fine."""
    return OutgoingMessage(text=texts.say("face.none"), keyboard=stack(tap_row(texts, SHARE, MENU)))


def render_unread_face(texts: Texts) -> OutgoingMessage:
    """There is one, in a form that is not taken."""
    return OutgoingMessage(text=texts.say("face.unread"), keyboard=stack(tap_row(texts, SHARE, MENU)))


def face_row(texts: Texts, *, shown: bool) -> Row:
    """Take the face off, where there is one on the cards."""
    return tap_row(texts, HIDE_FACE) if shown else []

"""A recommendation was taken back: told kindly to both sides, with what it means for the balance."""

from __future__ import annotations

from bot.messages.claiming import say_points_back
from bot.messages.keyboards import compose_send_keyboard
from bot.messages.naming import show_name
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.joining.revoking import RevokeReason
from bot.services.notices import NoticeView


def render_friend_revoked(texts: Texts, shop: Shop, view: NoticeView) -> OutgoingMessage:
    """To the inviter: the friend no longer counts."""
    left = view.reason == RevokeReason.LEFT
    friend = show_name(texts, view.friend, first=left)
    why = texts.say("revoked.left" if left else "revoked.not_me", friend=friend)
    return _compose(texts, shop, view, why)


def render_gift_revoked(texts: Texts, shop: Shop, view: NoticeView) -> OutgoingMessage:
    """To the friend: the gift went back; who said no stays unsaid."""
    if view.reason == RevokeReason.LEFT:
        return _compose(texts, shop, view, texts.say("revoked.you_left", inviter=show_name(texts, view.friend)))
    return _compose(texts, shop, view, texts.say("revoked.misnamed"))


def _compose(texts: Texts, shop: Shop, view: NoticeView, why: Html) -> OutgoingMessage:
    text = "\n".join([why, *say_points_back(texts, shop, view.points, view.balance)])
    return OutgoingMessage(text=text, keyboard=compose_send_keyboard(texts, shop, view.code))

"""A recommendation was taken back: told kindly to both sides, with what it means for the balance."""

from __future__ import annotations

from bot.messages.keyboards import compose_send_keyboard
from bot.messages.notices import Reader
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.joining.notices import FriendRevoked, GiftRevoked, RevokeReason


def render_friend_revoked(reader: Reader, notice: FriendRevoked) -> OutgoingMessage:
    """To the inviter: the friend no longer counts."""
    left = notice.reason is RevokeReason.LEFT
    friend = reader.show(notice.friend, first=left)
    why = reader.texts.say("revoked.left" if left else "revoked.not_me", friend=friend)
    return _compose(reader, notice.points, why)


def render_gift_revoked(reader: Reader, notice: GiftRevoked) -> OutgoingMessage:
    """To the friend: the gift went back; who said no stays unsaid."""
    if notice.reason is RevokeReason.LEFT:
        why = reader.texts.say("revoked.you_left", inviter=reader.show(notice.inviter))
    else:
        why = reader.texts.say("revoked.misnamed")
    return _compose(reader, notice.points, why)


def _compose(reader: Reader, points: int, why: Html) -> OutgoingMessage:
    member = reader.member
    text = "\n".join([why, *say_points_back(reader.texts, reader.shop, points, member.balance)])
    return OutgoingMessage(text=text, keyboard=compose_send_keyboard(reader.texts, reader.shop, member.code))


def say_points_back(texts: Texts, shop: Shop, points: int, balance: int) -> list[Html]:
    """How many points went back and what is left; nothing where none had been earned."""
    if not points:
        return []
    shown = shop.points(balance, texts.language)
    back = texts.say("revoked.points", points=shop.points(points, texts.language), balance=shown)
    return [back, texts.say("revoked.below")] if balance < 0 else [back]

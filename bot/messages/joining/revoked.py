"""A recommendation was taken back: told kindly to both sides, with what it means for the balance."""

from __future__ import annotations

from bot.messages.keyboards import compose_send_keyboard
from bot.messages.notices import Reader
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from bot.services.joining.notices import FriendRevoked, GiftRevoked, RevokeReason

_TO_INVITER = {
    RevokeReason.LEFT: "revoked.left",
    RevokeReason.LATE: "revoked.late",
    RevokeReason.NOT_ME: "revoked.not_me",
    RevokeReason.UNFAIR: "fairness.friend_unfair",
}
_TO_FRIEND = {
    RevokeReason.LEFT: "revoked.you_left",
    RevokeReason.LATE: "revoked.you_late",
    RevokeReason.NOT_ME: "revoked.misnamed",
    RevokeReason.UNFAIR: "revoked.you_unfair",
}


def render_friend_revoked(reader: Reader, notice: FriendRevoked) -> OutgoingMessage:
    """To the inviter: the friend no longer counts."""
    friend = reader.show(notice.friend, first=notice.reason is not RevokeReason.NOT_ME)
    why = reader.texts.say(_TO_INVITER[notice.reason], friend=friend)
    return _compose(reader, notice.points, why)


def render_gift_revoked(reader: Reader, notice: GiftRevoked) -> OutgoingMessage:
    """To the friend: the gift went back; who said no stays unsaid."""
    why = reader.texts.say(_TO_FRIEND[notice.reason], inviter=reader.show(notice.inviter))
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

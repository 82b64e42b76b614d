"""A recommendation was taken back: told kindly to both sides, with what it means for the balance."""

from __future__ import annotations

from bot.messages.claiming import say_points_back
from bot.messages.keyboards import compose_send_keyboard
from bot.messages.notices import Reader
from bot.messages.outgoing import OutgoingMessage
from bot.messages.texts import Html
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

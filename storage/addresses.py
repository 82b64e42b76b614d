"""To whom a notice goes."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from storage.frozen import frozen

if TYPE_CHECKING:
    from storage.records import PersonId


class Channel(StrEnum):
    """By what a notice leaves."""

    TELEGRAM = "telegram"


class ChatRole(StrEnum):
    """A chat of the shop, by what it is for: its number changes with the settings, and when a group grows."""

    ANNOUNCE = "announce"
    VAULT = "vault"
    """A private channel that takes uploads silently, so that Telegram has a picture before anybody sends it."""
    STAFF = "staff"
    """A group of the team, where tickets are answered."""


@frozen(kw_only=False)
class MemberAddress:
    """A member's private chat with the bot."""

    person_id: PersonId
    channel: ClassVar[Channel] = Channel.TELEGRAM


@frozen(kw_only=False)
class ChatAddress:
    """A chat of the shop."""

    role: ChatRole
    channel: ClassVar[Channel] = Channel.TELEGRAM


Address = MemberAddress | ChatAddress

ANNOUNCE = ChatAddress(ChatRole.ANNOUNCE)
STAFF = ChatAddress(ChatRole.STAFF)

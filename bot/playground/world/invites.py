"""Invite links, and who asked to be let in by them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.chats import Chat
from bot.playground.world.people import Person

SECOND = 1_000_000


@dataclass(eq=False, slots=True, kw_only=True)
class Invite:
    """One link into a chat."""

    url: str
    chat: Chat
    creator: Person
    name: str = ""
    expires_at: int = 0
    """UTC microseconds; 0 is never."""
    member_limit: int = 0
    creates_request: bool = False
    is_primary: bool = False
    is_revoked: bool = False
    joined: set[int] = field(default_factory=set)
    """Ids of those who came by it."""
    asking: dict[int, Person] = field(default_factory=dict)
    """Those who asked and wait for an answer."""

    def is_open(self, now: int) -> bool:
        """Whether somebody can still come by it."""
        is_full = self.member_limit and len(self.joined) >= self.member_limit
        return not (self.is_revoked or is_full or (self.expires_at and now >= self.expires_at))

    def render(self) -> dict[str, Any]:
        """Return the Bot API's ChatInviteLink."""
        link: dict[str, Any] = {
            "invite_link": self.url,
            "creator": self.creator.render(),
            "creates_join_request": self.creates_request,
            "is_primary": self.is_primary,
            "is_revoked": self.is_revoked,
        }
        limits = {"name": self.name, "expire_date": self.expires_at // SECOND, "member_limit": self.member_limit}
        link |= {key: value for key, value in limits.items() if value}
        if self.creates_request:
            link["pending_join_request_count"] = len(self.asking)
        return link

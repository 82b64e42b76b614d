"""What the admins hear of the shop's chats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminWarning(Notice):
    """Something is amiss with a chat, or has changed there."""

    kind: ClassVar[str] = "admin_warning"
    warning: str
    """What: a `ChatProblem`, or that it has another number."""
    chat: str
    """What it is called."""
    number: str = ""
    """Its new number."""

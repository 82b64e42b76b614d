"""What the admins hear of the shop's chats."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class AdminWarning(Notice):
    """Something is amiss with a chat, or has changed there."""

    kind: ClassVar[str] = "admin_warning"
    warning: str
    """What: a `ChatProblem`, that it has another number, or that the bot's own work keeps failing."""
    chat: str
    """What it is called; of work, its name."""
    number: str = ""
    """Its new number; of work, what it says."""

"""What authors of broadcasts are told unasked."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class BroadcastSlowed(Notice):
    """Telegram takes no Stars for it: it goes on at the pace that is free of charge."""

    kind: ClassVar[str] = "broadcast_slowed"
    broadcast: int


@frozen
class BroadcastStopped(Notice):
    """Too many of the last were refused or lost: it waits until its author has looked."""

    kind: ClassVar[str] = "broadcast_stopped"
    broadcast: int
    troubled: int
    """Recipients who were refused or are unknown, so far."""
    sent: int

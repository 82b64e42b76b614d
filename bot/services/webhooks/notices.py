"""What owners hear of webhooks that do not work."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen


@frozen
class WebhookOff(Notice):
    """To an owner: an address was switched off, and what can be done."""

    kind: ClassVar[str] = "webhook_off"
    url: str
    gone: bool
    """It has said that nobody listens there any more; else nothing arrived there for days."""
    error: str
    """What it said last."""

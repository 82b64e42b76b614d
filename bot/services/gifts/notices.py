"""What members and the team hear of gifts that have not arrived."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.gift import Trouble


@frozen
class GiftDelayed(Notice):
    """To the member: it takes a little longer, or they can help it themselves."""

    kind: ClassVar[str] = "gift_delayed"
    trouble: Trouble


@frozen
class GiftTroubled(Notice):
    """To whoever runs the shop: a gift cannot be sent, and what to do."""

    kind: ClassVar[str] = "gift_troubled"
    trouble: Trouble
    gift: str
    stars: int = 0
    """What it costs; 0 where that is not known."""
    error: str = ""
    """Telegram's words, where it said something."""


@frozen
class GiftDoubtful(Notice):
    """To whoever runs the shop: nobody knows whether gifts have arrived."""

    kind: ClassVar[str] = "gift_doubtful"
    count: int

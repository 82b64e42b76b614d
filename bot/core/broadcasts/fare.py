"""What it costs to send faster than is free of charge (`allow_paid_broadcast` of the Bot API)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.broadcasts.content import count_messages
from storage.frozen import frozen

FREE_PER_SECOND = 30
"""Messages that Telegram takes from a bot free of charge (Bots FAQ)."""

PAID_PER_SECOND = 1000
"""What it takes in all from one that pays (`allow_paid_broadcast` of sendMessage)."""

MESSAGES_A_STAR = 10
"""Each costs 0.1 Star, but for those that the free pace would have taken; what did not arrive costs nothing."""

LEAST_BALANCE = 10_000
"""Stars that the bot has to have (Bot API, "Paid broadcasts"). The Bots FAQ speaks of 100,000, and of as many people a month."""


@frozen
class Fare:
    """What sending so many messages faster costs, and whether the bot can pay it."""

    messages: int
    balance: int | None
    """Stars of the bot; None where Telegram does not say."""

    @property
    def stars(self) -> int:
        """What it costs at most."""
        return -(-self.messages // MESSAGES_A_STAR)

    @property
    def is_affordable(self) -> bool:
        """Whether Telegram is likely to take it."""
        return self.balance is not None and self.balance >= max(LEAST_BALANCE, self.stars)

    @property
    def free_seconds(self) -> float:
        """How long it takes free of charge."""
        return self.messages / FREE_PER_SECOND

    @property
    def paid_seconds(self) -> float:
        """How long it takes where it is paid for."""
        return self.messages / PAID_PER_SECOND


def compute_fare(recipients: int, document: Mapping[str, Any] | None, balance: int | None = None) -> Fare:
    """The fare of what a document says to so many people."""
    return Fare(messages=recipients * count_messages(document), balance=balance)

"""Telegram gifts, for whoever runs the shop: which have not arrived, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.buttons import GIFT_AGAIN, GIFT_ARRIVED, GIFTS, GIFTS_NOW
from bot.messages.commands import Command
from bot.services.gifts.notices import GiftDelayed, GiftDoubtful, GiftTroubled
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import gifts
    from bot.messages import gifts as messages
else:
    gifts = late("bot.handlers.gifts")
    messages = late("bot.messages.gifts")

CAPABILITY = Capability(
    name="gifts",
    roles=MANAGERS,
    commands={Command(name="gifts", text="gift.command", place=9): gifts.on_gifts},
    buttons={
        GIFTS: gifts.on_gifts,
        GIFT_ARRIVED: gifts.on_arrived,
        GIFT_AGAIN: gifts.on_again,
        GIFTS_NOW: gifts.on_now,
    },
    notices={kind: messages.NOTICES[kind] for kind in (GiftDelayed, GiftTroubled, GiftDoubtful)},
)

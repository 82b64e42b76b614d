"""An author chooses when a broadcast goes out, what it is about, and whether it is paid for to go faster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.broadcasts.buttons import (
    BROADCAST_AT,
    BROADCAST_DAY,
    BROADCAST_FAST,
    BROADCAST_NEWS,
    BROADCAST_PAY,
    BROADCAST_WHEN,
)
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import broadcast_when
else:
    broadcast_when = late("bot.handlers.broadcast_when")

CAPABILITY = Capability(
    name="broadcast_when",
    roles=MANAGERS,
    buttons={
        BROADCAST_WHEN: broadcast_when.on_when,
        BROADCAST_AT: broadcast_when.on_at,
        BROADCAST_DAY: broadcast_when.on_day,
        BROADCAST_NEWS: broadcast_when.on_news,
        BROADCAST_FAST: broadcast_when.on_fast,
        BROADCAST_PAY: broadcast_when.on_pay,
    },
    flows={"broadcast_when": broadcast_when.FLOW},
)

"""The club: what a member is and may take; and whoever runs the shop opens coupons for whoever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, MANAGERS
from bot.late import late
from bot.messages.commands import Command
from bot.messages.taking_part_buttons import CLUB, DROP_END, DROP_OPEN, DROP_TAKE
from bot.services.club.notices import DropAnnounced, DropMissed
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import club
    from bot.messages import club as messages
else:
    club = late("bot.handlers.club")
    messages = late("bot.messages.club")

CAPABILITY = Capability(
    name="club",
    roles=EVERYBODY,
    commands={Command(name="club", text="club.command", place=42): club.on_club},
    buttons={CLUB: club.on_club, DROP_TAKE: club.on_take},
    notices={kind: messages.NOTICES[kind] for kind in (DropMissed, DropAnnounced)},
)

DROPS = Capability(
    name="drops",
    roles=MANAGERS,
    buttons={DROP_OPEN: club.on_open, DROP_END: club.on_end},
    flows={"drop": club.DROP},
)

"""The team gives points by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.by_hand import GRANT_LIMITS
from bot.core.roles import TEAM
from bot.late import late
from bot.messages.buttons import GIVE, GIVE_BACK
from bot.messages.commands import Command
from bot.services.rewards.notices import PointsGiven, PointsReturned
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import by_hand
    from bot.messages import by_hand as messages
else:
    by_hand = late("bot.handlers.by_hand")
    messages = late("bot.messages.by_hand")

CAPABILITY = Capability(
    name="by_hand",
    roles=TEAM,
    commands={Command(name="grant", text="grant.command", place=9): by_hand.on_grant},
    buttons={GIVE: by_hand.on_give, GIVE_BACK: by_hand.on_give_back},
    flows={"grant": by_hand.GRANT},
    notices={kind: messages.NOTICES[kind] for kind in (PointsGiven, PointsReturned)},
    settings=[GRANT_LIMITS],
)

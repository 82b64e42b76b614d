"""Just say my name: a newcomer tells who recommended the shop, and the one who was named may say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import CLAIM, CLAIM_PICK, CLAIM_WHO, FINDABLE, NOBODY, NOT_ME
from bot.services.claiming.notices import FriendClaimed
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import claiming
    from bot.messages import claiming as messages
else:
    claiming = late("bot.handlers.claiming")
    messages = late("bot.messages.claiming")

CAPABILITY = Capability(
    name="claiming",
    roles=EVERYBODY,
    buttons={
        CLAIM: claiming.on_claim,
        NOBODY: claiming.on_nobody,
        CLAIM_WHO: claiming.on_claim_who,
        CLAIM_PICK: claiming.on_claim_pick,
        NOT_ME: claiming.on_not_me,
        FINDABLE: claiming.on_findable,
    },
    notices={FriendClaimed: messages.NOTICES[FriendClaimed]},
    flows={"claim": claiming.FLOW},
)

"""Having something for points, and handing it out at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, TEAM
from bot.late import late
from bot.messages.buttons import (
    CHECK_THING,
    HAND_BACK,
    HAND_OUT,
    REDEEM,
    REDEEM_DROP,
    REDEEM_GIVE_UP,
    REDEEM_SURE,
    REDEMPTION,
    REDEMPTION_WHY,
)
from bot.messages.commands import Command
from bot.services.redeeming.notices import HandedBack, HandedOut, RedemptionExpired, RedemptionReturned
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import redeeming
    from bot.jobs import redeeming as jobs
    from bot.messages import redeeming as messages
else:
    jobs = late("bot.jobs.redeeming")
    redeeming = late("bot.handlers.redeeming")
    messages = late("bot.messages.redeeming")

CAPABILITY = Capability(
    name="redeeming",
    roles=EVERYBODY,
    commands={Command(name="check", text="redeem.check.command", place=8, roles=TEAM): redeeming.on_check},
    buttons={
        REDEEM: redeeming.on_redeem,
        REDEEM_SURE: redeeming.on_redeem_sure,
        REDEEM_DROP: redeeming.on_redeem_drop,
        REDEEM_GIVE_UP: redeeming.on_redeem_give_up,
        REDEMPTION: redeeming.on_redemption,
        REDEMPTION_WHY: redeeming.on_redemption_why,
        CHECK_THING: redeeming.on_check_thing,
        HAND_OUT: redeeming.on_hand_out,
        HAND_BACK: redeeming.on_hand_back,
    },
    notices={kind: messages.NOTICES[kind] for kind in (HandedOut, HandedBack, RedemptionExpired, RedemptionReturned)},
    jobs=[Job(name="redeeming", every_seconds=60.0, run=jobs.expire_due)],
)

"""What the owner's rules give: told, freed when its time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.durations import HOUR_SECONDS
from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import WHY, WHY_LIST
from bot.messages.commands import Command
from bot.services.rewards.notices import RewardFreed, RewardGiven, RewardTakenBack
from bot.services.rewards.promising import LiabilityNear
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import rewards
    from bot.jobs import rewards as jobs
    from bot.messages import liability
    from bot.messages import rewards as messages
else:
    liability = late("bot.messages.liability")
    messages = late("bot.messages.rewards")
    jobs = late("bot.jobs.rewards")
    rewards = late("bot.handlers.rewards")

CAPABILITY = Capability(
    name="rewards",
    roles=EVERYBODY,
    commands={Command(name="why", text="why.command", place=35): rewards.on_why},
    buttons={WHY: rewards.on_why_one, WHY_LIST: rewards.on_why},
    notices={
        **{kind: messages.NOTICES[kind] for kind in (RewardGiven, RewardFreed, RewardTakenBack)},
        LiabilityNear: liability.NOTICES[LiabilityNear],
    },
    jobs=[
        Job(name="rewards", every_seconds=60.0, run=jobs.free_due),
        Job(name="stays", every_seconds=60.0, run=jobs.arrive_due),
        Job(name="days", every_seconds=HOUR_SECONDS, run=jobs.count_days),
    ],
)

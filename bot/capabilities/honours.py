"""Tiers: the word of them, and the work at the bot's own pace that ends them and finds who has earned new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.services.honours.notices import TierLost, TierReached
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.jobs import honours as jobs
    from bot.messages import honours as messages
else:
    jobs = late("bot.jobs.honours")
    messages = late("bot.messages.honours")

CAPABILITY = Capability(
    name="honours",
    roles=EVERYBODY,
    notices={kind: messages.NOTICES[kind] for kind in (TierReached, TierLost)},
    jobs=[Job(name="honours", every_seconds=60.0, run=jobs.review_honours)],
)

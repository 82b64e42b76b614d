"""Sending the Telegram gifts that members have earned."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.late import late
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot

if TYPE_CHECKING:
    from bot.wire import gifts
else:
    gifts = late("bot.wire.gifts")


def make_gifting_job(bot: PassalongBot, snapshots: Snapshots) -> Job:
    """The job, for one bot."""
    return Job(name="gifts", every_seconds=15.0, run=partial(gifts.send_gifts, bot, snapshots))

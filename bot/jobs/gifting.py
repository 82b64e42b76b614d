"""Sending the Telegram gifts that members have earned."""

from __future__ import annotations

from functools import partial

from bot.updates.job import Job
from bot.wire.gifts import send_gifts
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot


def make_gifting_job(bot: PassalongBot, snapshots: Snapshots) -> Job:
    """The job, for one bot."""
    return Job(name="gifts", every_seconds=15.0, run=partial(send_gifts, bot, snapshots))

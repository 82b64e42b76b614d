"""Jobs that need more than the store, composed for one bot."""

from __future__ import annotations

from bot.jobs.revoking import make_revoking_job
from bot.jobs.turning import make_turning_job
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot


def compose_jobs(bot: PassalongBot, snapshots: Snapshots) -> tuple[Job, ...]:
    """Those that ask Telegram or draw."""
    return make_revoking_job(bot), make_turning_job(snapshots)

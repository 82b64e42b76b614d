"""Jobs that need more than the store, composed for one bot."""

from __future__ import annotations

from bot.jobs.clearing import make_clearing_job
from bot.jobs.gifting import make_gifting_job
from bot.jobs.proving import POST_HEAD, make_inspecting_job
from bot.jobs.reconciling import make_reconciling_job
from bot.jobs.revoking import make_revoking_job
from bot.jobs.tagging import make_tagging_job
from bot.jobs.turning import make_turning_job
from bot.updates.capability import Registry
from bot.updates.job import Job
from bot.wire.snapshot import Snapshots
from bot.wire.telegram_bot import PassalongBot


def compose_jobs(bot: PassalongBot, snapshots: Snapshots, registry: Registry) -> tuple[Job, ...]:
    """Those that ask Telegram or draw, or go by a setting."""
    inspecting = make_inspecting_job(post=registry.get_setting(POST_HEAD))
    asking = (
        make_revoking_job(bot),
        make_tagging_job(bot),
        make_gifting_job(bot, snapshots),
        make_reconciling_job(bot),
    )
    return (*asking, make_turning_job(snapshots), make_clearing_job(snapshots), inspecting)

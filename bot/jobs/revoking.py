"""Closing the links of people who were forgotten by a command beside the bot, or while Telegram was away."""

from __future__ import annotations

from bot.updates.job import Job
from bot.wire.link_revoking import revoke_owed
from bot.wire.telegram_bot import PassalongBot
from storage.store import Store

EVERY_SECONDS = 15.0
"""There is next to nothing to read, and whoever asked to be forgotten has waited long enough."""


def make_revoking_job(bot: PassalongBot) -> Job:
    """The job, as this bot does it."""

    async def run(store: Store) -> None:
        await revoke_owed(bot, store)

    return Job(name="revoking", every_seconds=EVERY_SECONDS, run=run)

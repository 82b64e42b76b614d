"""Telling the community chat what its members have become, where the bot may; never in front of people."""

from __future__ import annotations

import logging

from telegram.error import TelegramError

from bot.core.honours import compute_told
from bot.services.campaigns import get_shop
from bot.updates.job import Job
from bot.wire.errors import Failure, FailureKind, classify
from bot.wire.pacing import Priority
from bot.wire.telegram_bot import PassalongBot
from storage.records import PersonId
from storage.store import Store
from storage.tables import honours

logger = logging.getLogger(__name__)

LIMIT = 20
EVERY_SECONDS = 15.0
"""Where a right is missing, it is asked for so often, with one request."""

_FINAL = {FailureKind.REFUSED, FailureKind.BLOCKED}
_NOT_THERE = "participant"
"""What Telegram says of somebody who is not in the chat: they are tagged once they come."""


async def set_tags(bot: PassalongBot, store: Store, *, limit: int = LIMIT) -> None:
    """Set the tags that are owed; one that cannot be set now stays owed."""
    shop = await store.read(get_shop)
    if shop.community_id is None:
        return
    for owed in await store.read(honours.list_tags_owed, after=PersonId(0), limit=limit):
        tier = shop.campaign.find_tier(owed.tier)
        told = compute_told(tier, shop.campaign.channel_language, shop.community_id)
        tag = told.partition(":")[2]
        try:
            await bot.set_chat_member_tag(shop.community_id, owed.telegram_id, tag=tag, rate_limit_args=Priority.ERRAND)
        except TelegramError as error:
            failure = classify(error, shop.community_id)
            logger.info("A member was not tagged (%s): %s", failure.kind, failure.text)
            if not _is_final(failure):
                return
        await store.write(honours.settle_tag, owed, told)


def make_tagging_job(bot: PassalongBot) -> Job:
    """The job, as this bot does it."""

    async def run(store: Store) -> None:
        await set_tags(bot, store)

    return Job(name="tagging", every_seconds=EVERY_SECONDS, run=run)


def _is_final(failure: Failure) -> bool:
    return failure.kind in _FINAL or _NOT_THERE in failure.text.lower()

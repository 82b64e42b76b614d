"""A start that finds the database broken: the last thing it does is to tell the owners."""

from __future__ import annotations

from bot.campaign_file import load_campaign
from bot.core.campaigns.campaign import CampaignMistake
from bot.outbox.last_word import tell_of_start
from bot.settings import Settings
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from storage.errors import StoreDamaged, StoreError, StoreUnavailable

FALLBACK_LANGUAGE = "en"
"""Where neither the database nor the campaign file can say what the owners read."""


async def tell_owners(settings: Settings, error: StoreError) -> None:
    """Say in a chat what the log says, once a day and trouble, within seconds.

    A server that is away comes back, and a database in use has somebody who works on it: those are in the log alone.
    """
    is_file = settings.database_url.startswith("sqlite:")
    if not isinstance(error, StoreDamaged) and not (is_file and isinstance(error, StoreUnavailable)):
        return
    try:
        language = load_campaign(settings.campaign).campaign.languages[0]
    except (CampaignMistake, OSError):
        language = FALLBACK_LANGUAGE
    root = settings.bot_api_url.rstrip("/")
    async with AiohttpRequest(proxy=settings.proxy) as way:
        bot = PassalongBot(settings.bot_token, base_url=f"{root}/bot", request=way, get_updates_request=way)
        await tell_of_start(bot, settings.admin_ids, settings.database_url, str(error), language)

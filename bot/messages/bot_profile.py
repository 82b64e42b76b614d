"""What stands in a chat before START is pressed, and beside a link to the bot."""

from __future__ import annotations

from bot.messages.shop import Shop
from bot.messages.texts import Texts


def say_description(texts: Texts, shop: Shop) -> str:
    """For the empty chat; at most 512 characters."""
    campaign = shop.campaign
    return texts.plain(
        "about.description",
        brand=shop.brand(texts.language),
        inviter_points=shop.points(campaign.inviter_points, texts.language),
        invitee_points=shop.points(campaign.invitee_points, texts.language),
    )


def say_short_description(texts: Texts, shop: Shop) -> str:
    """For the bot's profile and where it is shared; at most 120 characters."""
    return texts.plain("about.short", brand=shop.brand(texts.language))

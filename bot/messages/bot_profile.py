"""What stands in a chat before START is pressed, and beside a link to the bot."""

from __future__ import annotations

from bot.messages.shop import Shop
from bot.messages.texts import Texts


def say_description(texts: Texts, shop: Shop) -> str:
    """For the empty chat; at most 512 characters."""
    told = shop.told(texts.language)
    return texts.plain(
        "about.description",
        brand=shop.brand(texts.language),
        inviter_points=told.inviter_points,
        invitee_points=told.invitee_points,
    )


def say_short_description(texts: Texts, shop: Shop) -> str:
    """For the bot's profile and where it is shared; at most 120 characters."""
    return texts.plain("about.short", brand=shop.brand(texts.language))

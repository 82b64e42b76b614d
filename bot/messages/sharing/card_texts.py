"""The words on a share card."""

from __future__ import annotations

from dataclasses import astuple

from bot.core.campaigns.look import compose_look
from bot.core.languages import LANGUAGES, PROGRAM_LANGUAGE
from bot.core.sharing import CardText, CardVersions, Mark, digest
from bot.messages.shop import Shop
from bot.messages.texts import Texts


def compose_card_text(shop: Shop, language: str, story_key: str | None = None, *, own_words: str = "") -> CardText:
    """The words of the story called `story_key`, else of the campaign's first; told in a member's own words if given."""
    texts, story = Texts(language), shop.story(language, story_key)
    return CardText(
        brand=shop.brand(language),
        headline=story.headline,
        story=texts.plain("words.quote", words=own_words) if own_words else story.text,
        offer=story.offer,
        invited_by=texts.plain("card.invited_by", name="{name}"),
        invited_without_name=texts.plain("card.invited"),
        scan_hint=texts.plain("card.scan"),
        language=texts.locale,
        look=story.look,
        quoted=bool(own_words),
    )


def compose_card_versions(shop: Shop, look: str) -> CardVersions:
    """Versions of all pictures of a shop whose theme looks like `look`."""
    languages = {*LANGUAGES, *shop.campaign.languages}
    return CardVersions(
        texts={language: _digest_stories(shop, look, language) for language in languages},
        captions={language: _digest_caption(shop, look, language) for language in languages},
        fallback=PROGRAM_LANGUAGE,
        marks={tier.key: digest(tier.badge, tier.colour, *tier.name.items()) for tier in shop.campaign.tiers},
    )


def compose_mark(shop: Shop, language: str, tier: str) -> Mark | None:
    """What the tier of this key shows on a card; None for no tier."""
    found = shop.campaign.find_tier(tier)
    return Mark(text=f"{found.badge} {found.say(language)}".strip(), colour=found.colour) if found else None


def compose_step_mark(language: str, friends: int, tier: Mark | None) -> Mark:
    """What a card says of how many friends have come, in the colour of the member's tier."""
    return Mark(text=Texts(language).plain("step.mark", count=friends), colour=tier.colour if tier else "")


def _digest_stories(shop: Shop, look: str, language: str) -> dict[str, str]:
    return {
        story.key: digest(
            look,
            shop.bot_username,
            *astuple(compose_card_text(shop, language, story.key)),
            *([str(story.campaign)] if story.campaign is not None else []),
            *([story.mark] if story.mark else []),
        )
        for story in shop.campaign.stories
    }


def _digest_caption(shop: Shop, look: str, language: str) -> str:
    return digest(look, shop.bot_username, shop.brand(language), astuple(compose_look(shop.campaign)))

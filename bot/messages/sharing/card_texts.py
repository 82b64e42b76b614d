"""The words on a share card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages.shop import Shop
from bot.messages.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceTexts:
    """Everything that is written on a card, but for the name and the QR code."""

    brand: str
    headline: str
    story: str
    offer: str
    invited_by: str
    """With `{name}` where the inviter's name goes."""
    invited_without_name: str
    scan_hint: str
    language: str
    theme: str


def compose_face(shop: Shop, language: str, story_key: str | None = None, *, own_words: str = "") -> FaceTexts:
    """The words of the story called `story_key`, else of the campaign's first; told in a member's own words if given."""
    texts, story = Texts(language), shop.story(language, story_key)
    return FaceTexts(
        brand=shop.brand(language),
        headline=story.headline,
        story=texts.plain("words.quote", words=own_words) if own_words else story.text,
        offer=story.offer,
        invited_by=texts.plain("card.invited_by", name="{name}"),
        invited_without_name=texts.plain("card.invited"),
        scan_hint=texts.plain("card.scan"),
        language=language,
        theme=shop.campaign.theme,
    )

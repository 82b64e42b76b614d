"""What members say of the shop, as stories of the campaign: in somebody's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.campaigns.campaign import Campaign, Story, StoryKind
from bot.core.names import clean_text
from storage.testimonial import Testimonial

TESTIMONIALS_SHOWN = 3
"""Told at the same time, behind the stories of the shop: more would bury those."""
NAME_LIMIT = 20
"""Code points of a name in a headline, which has room for sixty."""

_BRACES = str.maketrans("{}", "()")
"""In a story a word in braces is a number of points."""


def clean_author(first_name: str, *, anonymous: bool) -> str:
    """How somebody is called in a headline; empty for who appears in public without a name."""
    return "" if anonymous else clean_text(first_name, limit=NAME_LIMIT).translate(_BRACES)


def tell(campaign: Campaign, shown: Sequence[Testimonial]) -> Campaign:
    """The campaign with what members say behind its stories; the offer is that of the first."""
    return replace(campaign, stories=(*campaign.stories, *(_compose(campaign, each) for each in shown)))


def compose_key(person_id: int) -> str:
    """What the story of a member is known by; no story of the shop's is called so."""
    return f"in-words-of-{person_id}"


def _compose(campaign: Campaign, said: Testimonial) -> Story:
    first = next(iter(said.headlines.values()), said.name)
    words = f"“{said.words.translate(_BRACES)}”"
    return Story(
        key=compose_key(said.person_id),
        kind=StoryKind.INSIDE_STORY,
        headline={language: said.headlines.get(language, first) for language in campaign.languages},
        text=dict.fromkeys(campaign.languages, words),
        offer=campaign.stories[0].offer,
    )

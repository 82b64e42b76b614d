"""What fits on a card: measured with its own letters, at the sizes that a phone shows well."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards.layout import Pair
from bot.cards.shapes import Bounds
from bot.cards.studio import CardStudio
from bot.cards.theme_fonts import ThemeFonts
from bot.cards.typesetting import TextStyle
from bot.core.campaigns.campaign import Campaign
from bot.core.sharing import CardText
from storage.frozen import frozen

_LEAST_HEADLINE_SHARE = 0.42
"""Of the words' place: so much is a headline's, however long the story."""


@frozen(kw_only=False)
class StoryExcess:
    """Where in a campaign a text is too long."""

    place: int
    """Of the story, from 0."""
    language: str
    excess: Excess


@frozen(kw_only=False)
class Excess:
    """A text that is too long for its place on a card."""

    field: str
    """Of CardText: brand, headline, story, offer."""
    characters: int
    """By so many."""


def list_campaign_excesses(campaign: Campaign, studio: CardStudio) -> Iterator[StoryExcess]:
    """The texts of a campaign that its cards cannot show well, in all its languages and stories."""
    said = {language: campaign.texts_for(language) for language in campaign.languages}
    for place in range(len(campaign.stories)):
        for language, texts in said.items():
            told = texts.stories[place]
            text = CardText(
                brand=texts.brand,
                headline=told.headline,
                story=told.text,
                offer=told.offer,
                invited_by="{name}",
                invited_without_name="",
                scan_hint="",
                language=language,
                look=told.look,
            )
            for excess in list_excesses(text, studio.get_fonts(text.look)):
                yield StoryExcess(place, language, excess)


def list_excesses(text: CardText, theme_fonts: ThemeFonts) -> list[Excess]:
    """The texts of a card that would have to become smaller than 33 pixels, or be cut, and by how much they are too long."""
    counted = {
        field: theme_fonts.count_excess(words, style, right - left, bottom - top)
        for field, words, style, (left, top, right, bottom) in _list_places(text, theme_fonts)
    }
    return [Excess(field, characters) for field, characters in counted.items() if characters]


def _list_places(text: CardText, theme_fonts: ThemeFonts) -> Iterator[tuple[str, str, TextStyle, Bounds]]:
    layout = theme_fonts.theme.layout
    yield "brand", text.brand, layout.brand.style, layout.brand.bounds
    headline, story = divide_place(layout.words)
    yield "headline", text.headline, layout.words.first, headline
    yield "story", text.story, layout.words.second, story
    yield "offer", text.offer, layout.offer.style, layout.offer.bounds


def divide_place(pair: Pair) -> tuple[Bounds, Bounds]:
    """What of a shared place each of two texts may count on."""
    left, top, right, bottom = pair.bounds
    if pair.second_bounds is not None:
        return pair.bounds, pair.second_bounds
    edge = top + (bottom - top) * _LEAST_HEADLINE_SHARE
    return (left, top, right, edge), (left, edge + pair.gap, left + (pair.second_width or right - left), bottom)

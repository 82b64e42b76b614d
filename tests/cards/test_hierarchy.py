"""Cards are judged at 280 pixels' width: nothing small, person and gain large, own words as the headline."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cards.card_drawing import set_words
from bot.cards.invitation import prepare_invitation
from bot.cards.layout import Layout
from bot.cards.layouts import LAYOUTS
from bot.cards.typesetting import TextStyle
from bot.core.looks import CardLook
from tests.cards.looks import STUDIO, say
from tests.cards.samples import KIND_NAMES, LANGUAGES
from tests.thinning import thin_pairs

LOOKS = [CardLook("sunrise", layout=layout, photo=photo) for layout in LAYOUTS for photo in ("", "photo")]
LEAST_PIXELS = 33
"""Nine at 280 pixels' width."""
WORDS = "“Best bread I have had in years, and they know my name.”"


def list_styles(layout: Layout) -> list[TextStyle]:
    """How every text of a composition is set."""
    pairs = (layout.words, layout.invitation)
    blocks = (layout.brand, layout.offer, layout.hint)
    return [*(style for pair in pairs for style in (pair.first, pair.second)), *(block.style for block in blocks)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_nothing_is_small_and_a_story_is_short(look: CardLook) -> None:
    """No text of usual length is below 33 pixels, and a story has four lines at most."""
    layout = STUDIO.get_fonts(look).theme.layout
    assert all(style.floor >= LEAST_PIXELS for style in [*list_styles(layout), layout.nameless])
    assert layout.words.second.lines == 4


@pytest.mark.parametrize(("look", "language"), thin_pairs(LOOKS, LANGUAGES), ids=str)
def test_person_and_gain_are_the_heroes(look: CardLook, language: str) -> None:
    """A usual name is at least 46 pixels high and the offer larger than the story."""
    fonts, text = STUDIO.get_fonts(look), say(look, language)
    invitation = prepare_invitation(text, fonts)
    assert all(invitation.fit_name(name).size >= 46 for name in KIND_NAMES if name.isalpha())
    left, top, right, bottom = fonts.theme.layout.offer.bounds
    offer = fonts.fit(text.offer, fonts.theme.layout.offer.style, right - left, bottom - top)
    assert offer.size > set_words(text, fonts)[1].setting.size


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_own_words_are_set_large(look: CardLook) -> None:
    """A member's own words stand first and larger than the headline, which becomes the line below them."""
    fonts = STUDIO.get_fonts(look)
    told = replace(say(look), story=WORDS, quoted=True)
    quote, headline = set_words(told, fonts)
    as_story = set_words(replace(told, quoted=False), fonts)[1]
    assert quote.place[1] < headline.place[1]
    assert quote.setting.size > max(headline.setting.size, as_story.setting.size)
    assert not quote.setting.cut

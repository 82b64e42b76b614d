from __future__ import annotations

from bot.wire.checking import list_cards
from tests.messages.samples import make_shop
from tests.messages.test_more_languages import open_foreign_shop


def test_every_story_is_looked_at_in_every_language_of_the_shop() -> None:
    """In a language that the program does not speak as well: a fault is told of the text in which it lies."""
    shop = make_shop()
    places, languages = range(len(shop.campaign.stories)), shop.campaign.languages
    assert [(place, text.language) for place, text in list_cards(shop)] == [
        (place, language) for place in places for language in languages
    ]
    foreign = open_foreign_shop()
    assert [text.language for _, text in list_cards(foreign)] == list(foreign.campaign.languages)

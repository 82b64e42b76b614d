from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from bot.core.campaigns.checking import Fault, Finding
from bot.core.sharing import CardText
from bot.wire.checking import LONGEST_NAME, check_card, compose_longest_link, list_cards
from bot.wire.pictures import Workshop
from tests.easel import EASEL
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


async def check(text: CardText, place: int = 2) -> list[Finding]:
    """What is not as it should be on the card of a story."""
    link = compose_longest_link("little_oven_bot")
    return await Workshop(EASEL).run(lambda studio: check_card(text, place, link, studio))


async def test_a_card_is_looked_at_field_by_field() -> None:
    """What is too long by how much room there is, and what nobody could read: by the names that a campaign's fields have."""
    told = {place: text for place, text in list_cards(make_shop()) if text.language == "en"}
    assert await check(told[0]) == []
    for field_, named in (("headline", "headline"), ("story", "text"), ("offer", "offer")):
        found = await check(replace(told[0], **{field_: "Freshly baked bread " * 60}))  # type: ignore[arg-type]
        (long,) = [each for each in found if each.fault is Fault.TOO_LONG]
        assert (long.field, long.place, long.language) == (named, 2, "en")
        assert long.count > 0
        assert {each.fault for each in found} <= {Fault.TOO_LONG, Fault.CODE}


@dataclass
class Eyes:
    """A studio that sees what the test says."""

    is_read: bool
    faint: tuple[str, ...] = ()
    asked: list[tuple[str, str]] = field(default_factory=list)

    def look_at(self, _text: CardText, *, name: str, link: str) -> Eyes:
        """At a card as it would be drawn."""
        self.asked.append((name, link))
        return self

    def get_fonts(self, look: object) -> Any:
        """Of the theme."""
        return EASEL.open_studio(lambda _: None).get_fonts(cast("Any", look))


def test_what_is_faint_or_no_camera_reads_is_told() -> None:
    """With the longest name and link that it may have to carry."""
    (_, text), *_ = list_cards(make_shop())
    common = {"place": 5, "language": text.language}
    unread = Finding(fault=Fault.CODE, **common)  # type: ignore[arg-type]
    for eyes, found in (
        (Eyes(is_read=True), []),
        (Eyes(is_read=False), [unread]),
        (Eyes(is_read=True, faint=("headline",)), [replace(unread, fault=Fault.FAINT, field="headline")]),
        (
            Eyes(is_read=False, faint=("story", "offer")),
            [
                replace(unread, fault=Fault.FAINT, field="text"),
                replace(unread, fault=Fault.FAINT, field="offer"),
                unread,
            ],
        ),
    ):
        assert check_card(text, 5, "https://t.me/x?start=y", cast("Any", eyes)) == found
        assert eyes.asked == [(LONGEST_NAME, "https://t.me/x?start=y")]


def test_the_longest_link_is_as_long_as_any() -> None:
    """Of a code in print, in a shop of very many campaigns."""
    assert compose_longest_link("little_oven_bot") == "https://t.me/little_oven_bot?start=Zq8Kx0Wm3P-qr-999999"

"""The cards of a campaign, drawn as members would get them and looked at before anybody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from bot.core.campaigns.checking import Fault, Finding
from bot.core.links import compose_link
from bot.core.sharing import CardText
from bot.messages.sharing.card_texts import compose_card_text
from bot.messages.shop import Shop, Source

if TYPE_CHECKING:
    from bot.cards.studio import CardStudio

LONGEST_NAME = "Maximiliana Alexandrina Wijayakusuma Hadiningrat-Prawirodirdjo"
"""Telegram allows 64 letters each for first and last name; hardly anybody has more than this."""
_LONGEST_CODE, _HIGHEST_CAMPAIGN = "Zq8Kx0Wm3P", 999_999
_FIELDS = {"story": "text"}
"""Where a card's field is called otherwise than a campaign's."""


def check_card(text: CardText, place: int, link: str, studio: CardStudio) -> list[Finding]:
    """What is not as it should be on the card of a story, with the longest name that it may have to carry."""
    from bot.cards.limits import list_excesses  # noqa: PLC0415 -- most starts draw nothing

    sound = Finding(fault=Fault.CODE, place=place, language=text.language)
    look = studio.look_at(text, name=LONGEST_NAME, link=link)
    found = [
        replace(sound, fault=Fault.TOO_LONG, field=_FIELDS.get(each.field, each.field), count=each.characters)
        for each in list_excesses(text, studio.get_fonts(text.look))
    ]
    found += [replace(sound, fault=Fault.FAINT, field=_FIELDS.get(field, field)) for field in look.faint]
    return found if look.is_read else [*found, sound]


def list_cards(shop: Shop) -> Iterator[tuple[int, CardText]]:
    """Every card of a shop's campaign with the place of its story: each story in each language."""
    for place, language in product(range(len(shop.campaign.stories)), shop.campaign.languages):
        text = compose_card_text(shop, language, shop.campaign.stories[place].key)
        yield place, replace(text, language=language)


def compose_longest_link(bot_username: str) -> str:
    """The longest that a card of this bot may carry."""
    return compose_link(bot_username, _LONGEST_CODE, Source.QR, _HIGHEST_CAMPAIGN)

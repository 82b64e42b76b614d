"""What members can have for their points: the `[[catalogue]]` blocks of a campaign."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.rules import DAYS_LIMIT, LATER
from bot.core.campaigns.words import take_words

CATALOGUE_LIMIT = 12
"""Each has a button of its own."""

ITEM_LIMIT = 32
"""Code points of a name: it stands on a button, beside its price."""

PRICE_LIMIT = 1_000_000
STOCK_LIMIT = 1_000_000
VALID_DAYS = 30

Number = TypeVar("Number", int, None)

_BLOCK = ("catalogue",)
_FIELDS = ("key", "price", "stock", "per_member", "valid_days", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """Something that is handed out at the counter for points."""

    key: str
    price: int
    """In points."""
    name: dict[str, str]
    """By language."""
    stock: int | None = field(default=None, metadata=LATER)
    """How many there are in all; None for as many as are wanted."""
    per_member: int | None = field(default=None, metadata=LATER)
    """How many one member can have; None for no bound."""
    valid_days: int = field(default=VALID_DAYS, metadata=LATER)
    """For how long it waits at the counter once it is paid."""

    def say(self, language: str) -> str:
        """Its name; in the first language it has one in, where the shop has learnt this one since."""
        return self.name.get(language) or next(iter(self.name.values()))


def take_catalogue(file: CampaignFile, languages: tuple[str, ...]) -> tuple[CatalogueItem, ...]:
    """Read what can be had for points; nothing, where the file says nothing of it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return ()
    value = file.take(_BLOCK, "a block that begins with [[catalogue]]")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise file.mistake(_BLOCK, "an item is a block that begins with [[catalogue]], in double brackets.")
    if len(value) > CATALOGUE_LIMIT:
        raise file.mistake(_BLOCK, f"there are {len(value)} items. Write at most {CATALOGUE_LIMIT}.")
    items = tuple(_take_item(file, (*_BLOCK, place), languages) for place in range(len(value)))
    for place, item in enumerate(items):
        if item.key and any(item.key == earlier.key for earlier in items[:place]):
            file.note((*_BLOCK, place, "key"), f'"{item.key}" names an earlier item. Choose another key.')
    return items


def _take_item(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> CatalogueItem:
    given, attempt = file.take_table(path, _FIELDS), file.attempt

    def take(name: str, highest: int, usual: Number) -> int | Number:
        return attempt(usual, file.take_whole_number, (*path, name), highest) if name in given else usual

    return CatalogueItem(
        key=attempt("", file.take_slug, (*path, "key")),
        price=attempt(1, file.take_whole_number, (*path, "price"), PRICE_LIMIT),
        name=attempt({}, take_words, file, (*path, "name"), ITEM_LIMIT, languages),
        stock=take("stock", STOCK_LIMIT, None),
        per_member=take("per_member", STOCK_LIMIT, None),
        valid_days=take("valid_days", DAYS_LIMIT, VALID_DAYS),
    )

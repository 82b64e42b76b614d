"""What members can have for their points: the `[[catalogue]]` blocks of a campaign."""

from __future__ import annotations

from dataclasses import field
from typing import TypeVar

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.pictures import FindPicture, refuse_pictures, take_picture
from bot.core.campaigns.reward_blocks import take_give
from bot.core.campaigns.rewards import TANGIBLE, Give, Rule
from bot.core.campaigns.rules import DAYS_LIMIT, LATER
from bot.core.campaigns.words import take_words
from storage.facts import HAD_FOR_POINTS, GrantKind
from storage.frozen import frozen
from storage.records import Side

CATALOGUE_LIMIT = 12
"""Each has a button of its own."""

ITEM_LIMIT = 32
"""Code points of a name: it stands on a button, beside its price."""

PRICE_LIMIT = 1_000_000
STOCK_LIMIT = 1_000_000
VALID_DAYS = 30

FOR_ITEM = HAD_FOR_POINTS
"""How that begins by which an item's ledger lines and grants know it; its key follows."""

HAD = "had"
"""What has to happen for what is had for points: no rule in the file can ask for it."""

KINDS = tuple(kind for kind in TANGIBLE if kind is not GrantKind.POINTS)
"""What can be had: anything but the points themselves."""

AT_ONCE = frozenset({GrantKind.CODE, GrantKind.COUPON, GrantKind.GIFT, GrantKind.PERCENT})
"""What its member gets by itself once it is paid; all else is handed out at the counter."""

Number = TypeVar("Number", int, None)

_BLOCK = ("catalogue",)
_FIELDS = ("key", "price", "stock", "per_member", "valid_days", "name", "give", "picture")


@frozen
class CatalogueItem:
    """Something that can be had for points."""

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
    give: Give | None = field(default=None, metadata=LATER)
    """What it is; None for something that the counter hands out under its name."""
    picture: str = field(default="", metadata=LATER)
    """SHA-256 of its picture; empty for none."""

    @property
    def kind(self) -> GrantKind:
        """Of which kind it is."""
        return GrantKind.BY_HAND if self.give is None else self.give.kind

    @property
    def pool(self) -> str:
        """From which pool of coupons it is taken; empty for none."""
        return self.give.what if self.give is not None and self.give.kind is GrantKind.COUPON else ""

    @property
    def rule(self) -> Rule:
        """As a rule of its own: what it gives goes the way of all that is given."""
        give = self.give or Give(kind=GrantKind.BY_HAND, what=next(iter(self.name.values())))
        return Rule(
            key=f"{FOR_ITEM}{self.key}", when=HAD, number=self.price, who=Side.INVITER, give=give, name=self.name
        )

    def say(self, language: str) -> str:
        """Its name; in the first language it has one in, where the shop has learnt this one since."""
        return self.name.get(language) or next(iter(self.name.values()))


def take_catalogue(
    file: CampaignFile, languages: tuple[str, ...], find_picture: FindPicture = refuse_pictures
) -> tuple[CatalogueItem, ...]:
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
    items = tuple(_take_item(file, (*_BLOCK, place), languages, find_picture) for place in range(len(value)))
    for place, item in enumerate(items):
        if item.key and any(item.key == earlier.key for earlier in items[:place]):
            file.note((*_BLOCK, place, "key"), f'"{item.key}" names an earlier item. Choose another key.')
    return items


def _take_item(file: CampaignFile, path: Path, languages: tuple[str, ...], find_picture: FindPicture) -> CatalogueItem:
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
        give=attempt(None, take_give, file, (*path, "give"), KINDS) if "give" in given else None,
        picture=attempt("", take_picture, file, (*path, "picture"), find_picture),
    )

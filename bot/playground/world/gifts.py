"""Telegram's gifts: which bots can send, what they cost, and who got one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.world.errors import bad_request, forbidden
from bot.playground.world.people import Person

WORDS_LIMIT = 128
A_STAR = 1_000_000_000
"""Nanostars."""

HEART, BOX, CAKE = "5170145012310081615", "5170250947678437525", "5170144170496491616"
"""Gifts that the shelf has from the start, by id."""


@dataclass(slots=True, kw_only=True)
class Offer:
    """A gift that bots can send."""

    id: str
    emoji: str
    stars: int
    left: int | None = None
    """How many there are still; None for as many as are wanted."""
    total: int = 0
    """Of how many, where there are only so many."""

    @property
    def kind(self) -> str:
        """Which of `GIFT_TYPES` (see `people`) somebody has to accept."""
        return "unlimited_gifts" if self.left is None else "limited_gifts"

    def render(self) -> dict[str, Any]:
        """Return the Bot API's Gift."""
        sticker = {
            "file_id": f"gift-{self.id}",
            "file_unique_id": f"gift-{self.id}",
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": True,
            "is_video": False,
            "emoji": self.emoji,
        }
        said: dict[str, Any] = {"id": self.id, "sticker": sticker, "star_count": self.stars}
        if self.left is not None:
            said |= {"total_count": self.total, "remaining_count": self.left}
        return said


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenGift:
    """A gift that somebody got from the bot."""

    person: Person
    gift_id: str
    text: str
    at: int
    """UTC microseconds."""


def _fill_shelf() -> dict[str, Offer]:
    offers = (
        Offer(id=HEART, emoji="\N{HEAVY BLACK HEART}", stars=15),
        Offer(id=BOX, emoji="\N{WRAPPED PRESENT}", stars=25),
        Offer(id=CAKE, emoji="\N{BIRTHDAY CAKE}", stars=50, left=100, total=100),
    )
    return {offer.id: offer for offer in offers}


@dataclass(slots=True)
class GiftShelf:
    """What there is, what the bot can pay, and what it has given."""

    balance: int = 0
    """Stars of the bot."""
    nanostars: int = 0
    """Billionths of a Star beside them."""
    offers: dict[str, Offer] = field(default_factory=_fill_shelf)
    given: list[GivenGift] = field(default_factory=list)
    transactions: list[Mapping[str, Any]] = field(default_factory=list)
    """What people have paid the bot and got back, as the Bot API tells it, the oldest first."""

    def pay(self, nanostars: int) -> bool:
        """Take so many billionths of a Star; False where the bot has not as many."""
        left = self.balance * A_STAR + self.nanostars - nanostars
        if left >= 0:
            self.balance, self.nanostars = divmod(left, A_STAR)
        return left >= 0

    def send(self, person: Person, gift_id: str, text: str, at: int) -> GivenGift:
        """Give a gift to somebody and take its Stars.

        Raises:
            ApiError: there is none, it is not accepted, or not paid; in the words of the API behind the Bot API.
        """
        offer = self.offers.get(gift_id)
        if offer is None:
            raise bad_request("STARGIFT_INVALID")
        if offer.kind not in person.accepted_gifts:
            raise forbidden("USER_DISALLOWED_STARGIFTS")
        if offer.left == 0:
            raise bad_request("STARGIFT_USAGE_LIMITED")
        if self.balance < offer.stars:
            raise bad_request("BALANCE_TOO_LOW")
        self.balance -= offer.stars
        if offer.left is not None:
            offer.left -= 1
        gift = GivenGift(person=person, gift_id=gift_id, text=text, at=at)
        self.given.append(gift)
        return gift

"""The part of the second ledger that knows no rules: points by hand, and what is had for points."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.money_words import Gift, Thing, Ware

DAY = 86_400_000_000
ASIDE = 600_000_000
UNDO = 120_000_000


@dataclass(slots=True, kw_only=True)
class Till:
    """Who has how many points, by numbers of members, and what for."""

    now: int
    wares: dict[str, Ware]
    points: Counter[int] = field(default_factory=Counter)
    order: dict[int, int] = field(default_factory=dict)
    """Members, and who was there first."""
    charged: set[int] = field(default_factory=set)
    """From whom something was taken back: who else is below zero is so by mistake."""
    things: dict[int, Thing] = field(default_factory=dict)
    gifts: dict[int, Gift] = field(default_factory=dict)

    def give(self, giver: int, to: int, points: int, *, limit: int) -> bool:
        """Whether so many are given by hand."""
        today = [each for each in self.gifts.values() if each.giver == giver and each.at // DAY == self.now // DAY]
        fits = sum(each.points for each in today if not each.returned) + points <= limit
        if to not in self.order or to == giver or not fits:
            return False
        self.points[to] += points
        return True

    def return_gift(self, gift_id: int) -> bool:
        """Whether a mistake went back."""
        gift = self.gifts[gift_id]
        if gift.returned or self.now >= gift.at + DAY:
            return False
        gift.returned = True
        self._charge(gift.to, gift.points)
        return True

    def reserve(self, number: int, item: str) -> bool:
        """Whether it is put aside, or was."""
        ware = self.wares[item]
        mine = [each for each in self.things.values() if each.owner == number and each.item == item]
        if any(each.state == "reserved" and each.until > self.now for each in mine):
            return True
        had = [each for each in self.things.values() if each.item == item and each.state not in {"declined", "expired"}]
        return (
            (ware.stock is None or len(had) < ware.stock)
            and self.points[number] >= ware.price
            and (ware.per_member is None or sum(each.owner == number for each in had) < ware.per_member)
        )

    def put_aside(self, number: int, item: str, thing_id: int) -> None:
        """Note what the shop calls it."""
        price = self.wares[item].price
        self.things.setdefault(thing_id, Thing(owner=number, item=item, price=price, until=self.now + ASIDE))

    def confirm(self, thing_id: int) -> None:
        """Pay for it, where there is enough and it is not too late."""
        thing = self.things[thing_id]
        if thing.state != "reserved":
            return
        if thing.until <= self.now:
            thing.state = "declined"
        elif self.points[thing.owner] >= thing.price:
            self.points[thing.owner] -= thing.price
            thing.state, thing.until = "redeemed", self.now + self.wares[thing.item].days * DAY

    def decline(self, thing_id: int) -> None:
        """Not this."""
        if self.things[thing_id].state == "reserved":
            self.things[thing_id].state = "declined"

    def hand_out(self, thing_id: int) -> bool:
        """Whether this has handed it out."""
        thing = self.things[thing_id]
        if thing.state != "redeemed" or thing.until <= self.now:
            return False
        thing.state, thing.used_at = "used", self.now
        return True

    def take_back(self, thing_id: int) -> None:
        """It was not handed out after all."""
        thing = self.things[thing_id]
        if thing.state == "used" and self.now < thing.used_at + UNDO:
            thing.state = "redeemed"

    def expire_things(self) -> None:
        """What nobody said yes to, or came for, goes back."""
        for thing in (each for each in self.things.values() if each.until <= self.now):
            if thing.state == "reserved":
                thing.state = "declined"
            elif thing.state == "redeemed":
                thing.state = "expired"
                self.points[thing.owner] += thing.price

    def _charge(self, number: int, points: int) -> None:
        self.points[number] -= points
        self.charged.add(number)

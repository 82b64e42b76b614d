"""A second ledger that knows nothing of the first: dicts, and the rules as an owner would say them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

DAY = 86_400_000_000
ASIDE = 600_000_000
UNDO = 120_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a version of the campaign says."""

    inviter: int
    friend: int
    in_chat: bool
    """A friend counts only once in the community chat."""
    hold_days: int = 7


@dataclass(slots=True, kw_only=True)
class Friend:
    """Somebody who came by somebody."""

    inviter: int
    promise: Promise
    joined_at: int
    state: str = "waiting"
    by_chat: bool = False
    """It counts because of the chat: leaving that takes it back."""


@dataclass(slots=True, kw_only=True)
class Thing:
    """Something for points in a member's hands."""

    owner: int
    item: str
    price: int
    until: int
    state: str = "reserved"
    used_at: int = 0


@dataclass(slots=True, kw_only=True)
class Gift:
    """Points by hand."""

    giver: int
    to: int
    points: int
    at: int
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """What there is for points."""

    price: int
    stock: int | None
    per_member: int | None
    days: int


@dataclass(slots=True, kw_only=True)
class Model:
    """Who has what, by numbers of members."""

    now: int
    promise: Promise
    wares: dict[str, Ware]
    points: Counter[int] = field(default_factory=Counter)
    members: set[int] = field(default_factory=set)
    friends: dict[int, Friend] = field(default_factory=dict)
    things: dict[int, Thing] = field(default_factory=dict)
    seen_at: dict[int, int] = field(default_factory=dict)
    """When somebody first came into the chat; 0 for who was there before the bot."""
    inside: set[int] = field(default_factory=set)
    gifts: dict[int, Gift] = field(default_factory=dict)

    def join(self, number: int, by: int) -> None:
        """Somebody presses START, perhaps behind a member's link."""
        if number in self.members:
            return
        self.members.add(number)
        if by == number or by not in self.members:
            return
        friend = self.friends[number] = Friend(inviter=by, promise=self.promise, joined_at=self.now)
        if not self.promise.in_chat:
            self._count(number, friend)
        elif number in self.inside:
            friend.by_chat = True
            self._count(number, friend)

    def come(self, number: int) -> None:
        """Somebody is in the chat now."""
        self.seen_at.setdefault(number, self.now)
        self.inside.add(number)
        friend = self.friends.get(number)
        if friend is not None and friend.state == "waiting":
            friend.by_chat = True
            self._count(number, friend)

    def leave(self, number: int) -> None:
        """Somebody is not there any more."""
        self.seen_at.setdefault(number, 0)
        friend = self.friends.get(number)
        if number in self.inside and friend is not None and friend.by_chat:
            since = max(self.seen_at[number], friend.joined_at)
            if self.now < since + friend.promise.hold_days * DAY:
                self.revoke(number)
        self.inside.discard(number)

    def revoke(self, number: int) -> None:
        """It does not count any more."""
        friend = self.friends.get(number)
        if friend is None or friend.state == "revoked":
            return
        if friend.state == "counts":
            self.points[friend.inviter] -= friend.promise.inviter
            self.points[number] -= friend.promise.friend
        friend.state = "revoked"

    def give(self, giver: int, to: int, points: int, *, limit: int) -> bool:
        """Whether so many are given by hand."""
        today = [each for each in self.gifts.values() if each.giver == giver and each.at // DAY == self.now // DAY]
        fits = sum(each.points for each in today if not each.returned) + points <= limit
        if to not in self.members or to == giver or not fits:
            return False
        self.points[to] += points
        return True

    def return_gift(self, gift_id: int) -> bool:
        """Whether a mistake went back."""
        gift = self.gifts[gift_id]
        if gift.returned or self.now >= gift.at + DAY:
            return False
        gift.returned = True
        self.points[gift.to] -= gift.points
        return True

    def reserve(self, number: int, item: str) -> bool:
        """Whether it is put aside, or was."""
        ware = self.wares[item]
        mine = [each for each in self.things.values() if each.owner == number and each.item == item]
        if any(each.state == "reserved" and each.until > self.now for each in mine):
            return True
        gone = [
            each for each in self.things.values() if each.item == item and each.state not in {"declined", "expired"}
        ]
        had = sum(each.state not in {"declined", "expired"} for each in mine)
        return (
            (ware.stock is None or len(gone) < ware.stock)
            and self.points[number] >= ware.price
            and (ware.per_member is None or had < ware.per_member)
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

    def expire(self) -> None:
        """What nobody said yes to, or came for, goes back."""
        for thing in self.things.values():
            if thing.until > self.now:
                continue
            if thing.state == "reserved":
                thing.state = "declined"
            elif thing.state == "redeemed":
                thing.state = "expired"
                self.points[thing.owner] += thing.price

    def count_friends(self, number: int) -> int:
        """How many count for somebody."""
        return sum(each.inviter == number and each.state == "counts" for each in self.friends.values())

    def _count(self, number: int, friend: Friend) -> None:
        friend.state = "counts"
        self.points[friend.inviter] += friend.promise.inviter
        self.points[number] += friend.promise.friend

"""The words of the second ledger: what a version of the campaign says, and what people have by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """One rule, as an owner would say it."""

    key: str
    when: str
    who: str
    kind: str
    amount: int = 0
    what: str = ""
    number: int = 0
    nth: int | None = None
    tier: str = ""
    label: str = ""
    """What an inviter is called for whom it is."""
    instead: str = ""
    """The rule in whose place it stands for them."""
    per_member: int | None = None
    per_week: int | None = None
    budget: int | None = None
    first: int | None = None
    at_limit: str = "stop"
    hold_days: int = 0
    valid_days: int = 0
    on_expiry: str = "replace"
    percent: int = 0
    """Of what the points are a share."""

    def fits(self, amount: int, nth: int, tier: str) -> bool:
        """Whether it speaks of this."""
        enough = amount >= self.number if self.when == "purchased" else amount == self.number
        return enough and self.nth in {None, nth} and self.tier in {"", tier}

    def of(self, amount: int) -> Says:
        """What it comes to: a share of what was bought is points."""
        if self.kind != "percent" or self.when != "purchased":
            return self
        return replace(self, kind="points", amount=compute_share(amount, self.amount), percent=self.amount)

    def find_most(self, limit: str) -> int | None:
        """How much of something there is at most; None for as much as is wanted. A milestone is reached once."""
        if limit == "member" and self.when == "milestone" and self.who == "inviter":
            return 1
        return {"member": self.per_member, "week": self.per_week, "budget": self.budget, "first": self.first}[limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A level of honour."""

    key: str
    friends: int
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A contest as a version announces it."""

    key: str
    begins: str
    ends: str
    starts_at: int
    ends_at: int
    by: str
    prizes: tuple[tuple[int, Says], ...]

    @property
    def places(self) -> int:
        """How many win at most."""
        return max(place for place, _ in self.prizes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a version of the campaign says."""

    inviter: int
    friend: int
    in_chat: bool
    """A friend counts only once in the community chat."""
    hold_days: int = 7
    credit_days: int | None = None
    rules: tuple[Says, ...] = ()
    tiers: tuple[Tier, ...] = ()
    contests: tuple[Plan, ...] = ()


@dataclass(slots=True, kw_only=True)
class Friend:
    """Somebody who came by somebody."""

    inviter: int
    promise: Promise
    joined_at: int
    state: str = "waiting"
    counted_at: int = 0
    by_chat: bool = False
    """It counts because of the chat: leaving that takes it back."""
    tier_before: str = ""
    """What the inviter was just before this friend counted."""


@dataclass(slots=True, kw_only=True)
class Coupon:
    """A code of the shop's."""

    code: str
    until: int
    """0 for one that stays."""
    state: str = "free"
    seen: bool = False
    used_at: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Got:
    """What came of a rule for somebody."""

    says: Says
    to: int
    cause: tuple[str, int | str, int | str]
    friend: int | None
    """For whom it was; None where it was for nobody else."""
    state: str = ""
    points: int | None = None
    posted: bool = False
    week: tuple[int, int] = (0, 0)
    matures_at: int = 0
    until: int = 0
    """Until when it waits at the counter."""
    used_at: int = 0
    coupon: Coupon | None = None
    sending: str = ""
    due_at: int = 0

    @property
    def threshold(self) -> int | None:
        """For how many friends it was."""
        return self.says.number if self.says.when == "milestone" and self.says.who == "inviter" else None

    @property
    def is_share(self) -> bool:
        """Whether it is a share of what will be bought next."""
        return self.says.kind == "percent" and self.state == "available"


@dataclass(slots=True, kw_only=True)
class Order:
    """Something that somebody has bought."""

    key: str
    buyer: int
    amount: int
    refunds: dict[str, int] = field(default_factory=dict)
    state: str = ""
    counted: bool = False
    """The rules were asked about it."""
    shared: Got | None = None
    """The promised share of the next purchase that it was."""

    @property
    def left(self) -> int:
        """What the shop has kept of it."""
        return max(0, self.amount - sum(self.refunds.values()))


@dataclass(slots=True, kw_only=True)
class Contest:
    """A contest under way."""

    plan: Plan
    promise: Promise
    starts_at: int
    ends_at: int
    state: str = "running"
    struck: set[int] = field(default_factory=set)
    winners: list[int] = field(default_factory=list)

    def covers(self, at: int) -> bool:
        """Whether a friend counts who counted at that moment."""
        return self.starts_at <= at < self.ends_at


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


def compute_share(amount: int, percent: int) -> int:
    """So many per cent, halves to the even number."""
    return int((Decimal(amount) * percent / 100).quantize(Decimal(1), ROUND_HALF_EVEN))

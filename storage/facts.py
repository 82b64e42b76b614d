"""What happened, and what came of it for somebody, as plain values."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from storage.frozen import frozen
from storage.records import PersonId, ReferralId, Side, VersionId

EventId = NewType("EventId", int)
GrantId = NewType("GrantId", int)
RedemptionId = NewType("RedemptionId", int)
CouponId = NewType("CouponId", int)


RESERVED_SECONDS = 600
"""For so long something waits for its member's yes, and then returns by itself."""


BY_HAND = "by hand"
"""The rule of what the team gives by hand; a key of a campaign's rules has no blank."""


HAD_FOR_POINTS = "item:"
"""How the rule of what a member has paid points for begins; the key of the item follows."""


FOR_DROP = "drop:"
"""How the rule of a coupon begins that somebody was in time for; what that was called follows."""


class EventKind(StrEnum):
    """What rules can look at."""

    JOINED = "joined"
    """Somebody came by a member; perhaps something is still missing for it to count."""
    QUALIFIED = "qualified"
    """It counts."""
    REVOKED = "revoked"
    """It was taken back."""
    RESTORED = "restored"
    """It counts again."""
    STAYED = "stayed"
    """The friend has been in the community chat for so many days."""
    ACTIVE = "active"
    """The friend was seen on so many days."""
    PURCHASED = "purchased"
    """The friend has bought something."""
    REFUNDED = "refunded"
    """Something the friend had bought, or a part of it, was given back."""
    REPORTED = "reported"
    """Another system has told something of a name of the shop's own."""
    CARDS_GIVEN = "cards_given"
    """A member has given so many cards this week."""
    ADOPTED = "adopted"
    """What a member had thought of was done."""
    DROPPED = "dropped"
    """A member was among the first."""
    ANSWERED = "answered"
    """A member has said how it was."""
    PLACED = "placed"
    """A member has won a place in a contest."""
    LET_IN = "let_in"
    """It was a member's turn in a queue."""
    GIVEN = "given"
    """Somebody of the team gave something by hand."""
    HAD = "had"
    """A member has paid points for something that is given without the counter."""


class GrantKind(StrEnum):
    """What somebody gets."""

    POINTS = "points"
    CODE = "code"
    """The same for everybody."""
    COUPON = "coupon"
    """One of a pool, for this member alone."""
    PERCENT = "percent"
    """Of what is bought next, in points."""
    GIFT = "gift"
    PRIVILEGE = "privilege"
    BY_HAND = "by_hand"
    """Something that a person hands out."""
    LABEL = "label"
    """A word by which the shop tells its members apart."""


class GrantState(StrEnum):
    """Where a grant stands."""

    PENDING = "pending"
    """Something is still missing for it."""
    HELD = "held"
    """Earned, and spendable only once it matures."""
    WAITING = "waiting"
    """Earned, and out of stock."""
    AVAILABLE = "available"
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    USED = "used"
    REVOKED = "revoked"
    DECLINED = "declined"
    EXPIRED = "expired"


class RedemptionState(StrEnum):
    """Where something stands that a member has for points; the first two end by themselves, and `GRANTED` can be returned."""

    RESERVED = "reserved"
    """Put aside until its member says yes."""
    REDEEMED = "redeemed"
    """Paid, and waiting at the counter."""
    USED = "used"
    DECLINED = "declined"
    """Its member did not say yes, or said no; nothing was paid."""
    EXPIRED = "expired"
    """Nobody came for it, and the points are back."""
    GRANTED = "granted"
    """Paid, and given without the counter, like a coupon: its grant says how it stands."""
    RETURNED = "returned"
    """It could not be given, or its member did not want to wait: the points are back."""


class CouponState(StrEnum):
    """Where a coupon stands; the last two are final."""

    FREE = "free"
    """Nobody has it."""
    GIVEN = "given"
    USED = "used"
    """Handed in at the counter."""
    VOID = "void"
    """Taken back from somebody who had seen it, so that nobody else can have it."""
    EXPIRED = "expired"


class LiabilityLevel(StrEnum):
    """How near the shop is to the bound of what it promises, as owners were told last."""

    CALM = "calm"
    NEAR = "near"
    FULL = "full"


class PoolLevel(StrEnum):
    """How many coupons a pool has still, as the team was told since the last import."""

    FULL = "full"
    """As yet there is nothing to tell."""
    LOW = "low"
    EMPTY = "empty"


@frozen
class PoolRow:
    """The coupons of one kind."""

    name: str
    ready: int
    """Coupons that nobody has."""
    stocked: int
    """How many those were after the last import."""
    warned: PoolLevel


@frozen
class CouponRow:
    """A code that the shop has imported."""

    id: CouponId
    pool: str
    code: str
    state: CouponState
    expires_at: int | None
    """None for one that stays."""
    grant_id: GrantId | None
    shown_at: int | None
    """When its holder could first see it."""
    used_at: int | None


@frozen
class RedemptionRow:
    """Something of the catalogue in a member's hands."""

    id: RedemptionId
    reference: str
    person_id: PersonId
    campaign_version_id: VersionId
    """Whose catalogue it stood in."""
    item: str
    price: int
    state: RedemptionState
    reserved_at: int
    expires_at: int
    """Until when the state lasts by itself."""
    used_at: int | None
    used_by_id: PersonId | None
    grant_id: GrantId | None = None
    """What was given for the points; where none were paid, what a rule gave, which `item` then names."""


@frozen
class GrantRow:
    """What came of a rule for somebody."""

    id: GrantId
    rule: str
    person_id: PersonId
    event_id: EventId
    referral_id: ReferralId | None
    """Of the event that caused it."""
    side: Side | None
    """Which side of the referral got it; None for what has no sides."""
    state: GrantState
    kind: GrantKind
    points: int | None
    """For points alone."""
    ledger_id: int | None
    """The transfer by which points were given; None before they are."""
    campaign_version_id: VersionId
    """Whose rule it was."""
    what: str = ""
    """The code, the pool, the gift, the privilege, the label; the per cent."""
    threshold: int | None = None
    """How many friends it was given for: with fewer it is taken back."""
    matures_at: int | None = None
    """While it is held: until when."""
    granted_at: int = 0
    changed_at: int = 0
    """Since when it is in its state."""
    reason: str = ""
    """Why it is in its state, where that is not the rule itself."""
    week: str = ""
    """In which week it counts towards a bound; empty for no such bound."""


@frozen
class LedgerLine:
    """One line of a person's ledger as that person sees it; `amount` is negative where it left."""

    id: int
    amount: int
    reason: str
    other_name: str
    """First name of the person at the other end of the referral; empty where there is none."""
    posted_at: int

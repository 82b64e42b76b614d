"""What other systems report of orders, and where each order stands."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from storage.frozen import frozen

if TYPE_CHECKING:
    from storage.facts import EventId, GrantId
    from storage.records import PersonId

SaleId = NewType("SaleId", int)
ConversionId = NewType("ConversionId", int)


class ConversionType(StrEnum):
    """What was reported of an order."""

    PURCHASE = "purchase"
    REFUND = "refund"
    CUSTOM = "custom"
    """Whatever else happens with a friend that rules reward, under a name of the shop's own."""


class Channel(StrEnum):
    """By which way it was reported."""

    API = "api"
    TILL = "till"
    """Typed in the chat by the team."""
    FILE = "file"
    """A list of orders."""
    TELEGRAM = "telegram"
    """Telegram's own payments."""


class MemberKey(StrEnum):
    """By what a report names the buyer."""

    NOBODY = ""
    CODE = "code"
    """The member's own, or the spoken one."""
    COUPON = "coupon"
    """One that the member holds."""
    EXTERNAL_ID = "external_id"
    """The shop's own number of a customer."""
    TELEGRAM_ID = "telegram_id"
    TOKEN = "token"  # noqa: S105 -- what the member is named by
    """Of a receipt, once its buyer has opened it."""


class SaleState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    """Nothing was sold as yet: only custom events are known, and the rules were asked of them."""
    WAITING = "waiting"
    """Something is missing, or does not fit; the reason says what."""
    NOTED = "noted"
    """A member's, who came by nobody, or whose recommendation does not count yet."""
    COUNTED = "counted"
    REDUCED = "reduced"
    """It counts with what was left after a refund."""
    REFUNDED = "refunded"
    EARLY = "early"
    """Bought longer before the recommendation than its terms allow."""
    ENDED = "ended"
    """The recommendation was taken back."""
    DROPPED = "dropped"
    """Put aside by the team."""


class Reason(StrEnum):
    """Why an order waits."""

    NONE = ""
    NO_PURCHASE = "no_purchase"
    """A refund came before its purchase."""
    FUTURE = "future"
    CURRENCY = "currency"
    """Another one than the shop's."""
    NO_MEMBER = "no_member"
    """Nobody has said who has bought."""
    UNKNOWN_MEMBER = "unknown_member"
    UNKNOWN_COUPON = "unknown_coupon"
    UNOPENED = "unopened"
    """The buyer has not opened the receipt's link."""
    UNCONFIRMED = "unconfirmed"
    """A member says it is theirs, and the team has not confirmed it."""


@frozen
class Sale:
    """An order, and what it counts for."""

    id: SaleId
    order_id: str
    """The shop's number of it."""
    person_id: PersonId | None
    """Who has bought; None while nobody knows."""
    state: SaleState
    reason: Reason
    amount: int | None
    """In minor units; None before the purchase was reported."""
    currency: str
    occurred_at: int
    refunded: int
    """What was given back, never more than was paid."""
    event_id: EventId | None
    """By which it counts; None where it does not, or never did."""
    share_id: GrantId | None
    """The promised share that it was the next purchase for."""
    due_at: int | None
    """When it is looked at again by itself; None for never."""
    changed_at: int

    @property
    def left(self) -> int:
        """What the shop has kept of it."""
        return max(0, (self.amount or 0) - self.refunded)


@frozen
class Report:
    """What somebody reports, as it is kept."""

    type: ConversionType
    order_id: str
    part: str = ""
    """Which of several of its type: a refund's own number, the name of a custom event."""
    amount: int | None = None
    currency: str = ""
    member_key: MemberKey = MemberKey.NOBODY
    member: str = ""
    occurred_at: int
    fingerprint: str
    """Of all it says: the same again is the same report."""
    channel: Channel


@frozen
class Conversion:
    """A report that was taken."""

    id: ConversionId
    sale_id: SaleId
    report: Report
    state: str
    """As its sender was answered; the reason of one that waits follows behind a colon."""
    event_id: EventId | None
    """Of a refund that took something back, of a custom event of which the rules were asked."""
    received_at: int
    actor_id: PersonId | None
    """Who of the team typed it or sent the list."""

"""Addresses of other systems that are told what happens here, and what is on its way to them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NewType

from storage.frozen import frozen

WebhookId = NewType("WebhookId", int)
HookEventId = NewType("HookEventId", int)


class HookEventKind(StrEnum):
    """What another system can hear of."""

    JOINED = "joined"
    """A friend has come by a member."""
    QUALIFIED = "qualified"
    """The friend counts."""
    REVOKED = "revoked"
    """The friend does not count any more, or never will."""
    REWARDED = "rewarded"
    """Somebody has earned something."""
    WITHDRAWN = "withdrawn"
    """Something that was earned was taken back."""
    REDEEMED = "redeemed"
    """A member has paid points for something."""
    RETURNED = "returned"
    """Points went back for what nobody came for."""
    USED = "used"
    """Something was handed out at the counter."""
    UNUSED = "unused"
    """That was a slip, and was put right."""
    ORDER = "order"
    """An order of another system stands otherwise: it counts, waits, was refunded."""
    TICKET_OPENED = "ticket_opened"
    """A member asks a person of the shop."""
    BROADCAST_FINISHED = "broadcast_finished"
    """A message to all has reached everybody it could."""


class WebhookState(StrEnum):
    """Whether anything is sent there."""

    ON = "on"
    FAILING = "failing"
    """Switched off by itself: nothing arrived there for days."""
    GONE = "gone"
    """Switched off by itself: the other side has said that nobody listens there any more."""
    REMOVED = "removed"
    """For ever."""


class PostState(StrEnum):
    """Where an event stands on its way to one address."""

    OWED = "owed"
    ARRIVED = "arrived"
    GIVEN_UP = "given_up"
    """Refused for days, while others arrived."""


@frozen
class HookOwed:
    """Told to the store's listeners after the commit that owed something to another system."""


@frozen
class WebhookRow:
    """An address that is told."""

    id: WebhookId
    url: str
    kinds: Sequence[str]
    secret: str
    """Signs what is sent, as `whsec_…`."""
    allow_private: bool
    """Whether it may lie within the shop's own network."""
    state: WebhookState
    failing_since: int | None
    """When the first of the failures came after which nothing has arrived."""
    failures: int
    """How many in a row."""
    rests_until: int
    """Before that nothing is tried there."""
    error: str
    """What it said last, where that was no yes."""
    arrived_at: int | None
    """When something last arrived."""
    created_at: int


@frozen
class DuePost:
    """An event that can be sent to one address now."""

    webhook_id: WebhookId
    event_id: HookEventId
    line: int
    """Whose event it is: what is of one line arrives in order."""
    kind: str
    data: str
    """JSON, without anything personal."""
    happened_at: int
    attempts: int
    first_tried_at: int | None

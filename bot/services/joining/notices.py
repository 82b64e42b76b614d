"""What both sides of a recommendation hear of it; and the announce chat: of each friend at once, or of all of an hour or a day in one post."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bot.core.campaigns.announcing import Digest, compute_due
from bot.core.durations import DAY, SECOND
from bot.core.periods import BoardKind, Period, compute_period
from bot.services.campaigns import find_zone, read_terms
from bot.services.notices import Notice, owe
from storage.addresses import ANNOUNCE
from storage.frozen import frozen
from storage.records import PersonId, Referral
from storage.role import Role
from storage.tables import funnel, grants, outbox, shops
from storage.tables.shops import ShopRow
from storage.tx import Tx

TOLD_UPTO_DAY = 3
"""Of the month after. The outbox knows for five days what it has sent, so that nothing is told twice."""
FEWEST_TOLD = 2
"""One friend is no "together"."""


class RevokeReason(StrEnum):
    """Why a referral is taken back; each has a sentence of its own for either side."""

    LEFT = "left"
    """The friend left the community chat within the campaign's hold."""
    LATE = "late"
    """What was missing did not come within the time in which the recommendation was good."""
    UNFAIR = "unfair"
    """Somebody of the team has looked at it, or nobody had to."""
    NOT_ME = "not_me"
    """The inviter whom the friend named says it was somebody else."""


@frozen
class Welcome(Notice):
    """To a newcomer whom nobody invited."""

    kind: ClassVar[str] = "welcome"
    unknown_code: bool = False
    """Came by a code that nobody has."""
    from_inline: bool = False
    """Was about to write in another chat, and wants to go back there."""
    asks: bool = False
    """Is asked who recommended the shop."""
    role: Role = Role.MEMBER
    """What the newcomer is to the shop."""


@frozen
class WelcomeInvited(Notice):
    """To a newcomer who came by a friend and has earned `points` by it."""

    kind: ClassVar[str] = "welcome_invited"
    inviter: PersonId
    points: int
    over: bool = False
    """The campaign that the friend told of has ended; this is what holds today."""


@frozen
class WelcomeWaiting(Notice):
    """To a newcomer who came by a friend and will earn `points` once in the community chat."""

    kind: ClassVar[str] = "welcome_waiting"
    inviter: PersonId
    points: int
    over: bool = False
    """The campaign that the friend told of has ended; this is what holds today."""


@frozen
class Qualified(Notice):
    """To a friend who was waiting and has earned `points` now."""

    kind: ClassVar[str] = "qualified"
    inviter: PersonId
    points: int


@frozen
class FriendJoined(Notice):
    """To the inviter, who has earned `points` by it."""

    kind: ClassVar[str] = "friend_joined"
    friend: PersonId
    points: int
    place: int = 0
    """Where the inviter stands in line now; 0 for nowhere."""


@frozen
class FriendWaiting(Notice):
    """To the inviter, who will earn `points` once the friend is in the community chat."""

    kind: ClassVar[str] = "friend_waiting"
    friend: PersonId
    points: int


@frozen
class JoinAnnounced(Notice):
    """To the announce chat, at once or with the digest of its hour or day."""

    kind: ClassVar[str] = "join_announced"
    friend: PersonId
    inviter: PersonId
    digest_at: int = 0
    """The moment of the digest; 0 for none."""

    @property
    def due_at(self) -> int:
        """When it may be sent."""
        return self.digest_at


@frozen
class MonthAnnounced(Notice):
    """To the announce chat: how many friends all members together brought last month."""

    kind: ClassVar[str] = "month_announced"
    count: int
    points: int = 0
    """What those friends were given together; 0 for nothing."""


@frozen
class StepAnnounced(Notice):
    """To the announce chat, likewise at once or with a digest: so many friends have come through a member."""

    kind: ClassVar[str] = "step_announced"
    member: PersonId
    friends: int
    digest_at: int = 0
    """The moment of the digest; 0 for none."""

    @property
    def due_at(self) -> int:
        """When it may be sent."""
        return self.digest_at


@frozen
class FriendRevoked(Notice):
    """To the inviter: the friend no longer counts, and `points` went back."""

    kind: ClassVar[str] = "friend_revoked"
    friend: PersonId
    points: int
    reason: RevokeReason


@frozen
class GiftRevoked(Notice):
    """To the friend: the gift of `points` went back."""

    kind: ClassVar[str] = "gift_revoked"
    inviter: PersonId
    points: int
    reason: RevokeReason


def announce(tx: Tx, shop: ShopRow, referral: Referral, *, step: int = 0) -> None:
    """Owe the announce chat the news of a friend, for the moment at which the shop wants it; nothing without such a chat.

    With a `step`, also that so many friends have come through the inviter by now; a first friend alone is news enough.
    """
    if shop.announce_chat is None:
        return
    digest = read_terms(tx, shop).campaign.announce.digest
    due_at = 0 if digest == Digest.EACH else compute_due(digest, tx.now, find_zone(shop.zone))
    news = JoinAnnounced(friend=referral.invitee_id, inviter=referral.inviter_id, digest_at=due_at)
    owe(tx, ANNOUNCE, news, key=referral.id)
    if step >= FEWEST_TOLD:
        reached = StepAnnounced(member=referral.inviter_id, friends=step, digest_at=due_at)
        owe(tx, ANNOUNCE, reached, key=f"{referral.inviter_id}:{step}")


def find_month_due(tx: Tx) -> Period | None:
    """The month that the announce chat is to be told of, with its friends: the last one, in the first days of the next, until it was."""
    shop = shops.find(tx)
    if shop is None or shop.announce_chat is None:
        return None
    zone = find_zone(shop.zone)
    this = compute_period(BoardKind.MONTH, tx.now, zone)
    late = datetime.fromtimestamp(tx.now // SECOND, zone).day > TOLD_UPTO_DAY
    if late:
        return None
    month = compute_period(BoardKind.MONTH, this.starts_at - 1, zone)
    return None if outbox.knows(tx, f"{MonthAnnounced.kind}:{month.name}") else month


def sum_month(tx: Tx, month: Period) -> MonthAnnounced | None:
    """How many friends came in a month, and what they were given; None where they are too few to be told of."""
    count = funnel.sum_all(tx, since=month.starts_at // DAY, before=month.ends_at // DAY).qualified
    if count < FEWEST_TOLD:
        return None
    return MonthAnnounced(count=count, points=grants.sum_of_friends(tx, since=month.starts_at, before=month.ends_at))


def announce_month(tx: Tx, month: Period, news: MonthAnnounced) -> None:
    """Owe it to the announce chat, once."""
    owe(tx, ANNOUNCE, news, key=month.name)

"""The announce chat hears of friends: of each at once, or of all that came in an hour or a day in one post."""

from __future__ import annotations

from datetime import datetime

from bot.core.campaigns.announcing import Digest, compute_due
from bot.core.durations import DAY, SECOND
from bot.core.periods import BoardKind, Period, compute_period
from bot.services.campaigns import find_zone, read_terms
from bot.services.joining.notices import JoinAnnounced, MonthAnnounced, StepAnnounced
from bot.services.notices import owe
from storage.addresses import ANNOUNCE
from storage.records import Referral
from storage.tables import funnel, grants, outbox, shops
from storage.tables.shops import ShopRow
from storage.tx import Tx

TOLD_UPTO_DAY = 3
"""Of the month after. The outbox knows for five days what it has sent, so that nothing is told twice."""
FEWEST_TOLD = 2
"""One friend is no "together"."""


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

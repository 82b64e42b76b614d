"""The announce chat hears of friends: of each at once, or of all that came in an hour or a day in one post."""

from __future__ import annotations

from bot.core.campaigns.announcing import compute_due
from bot.services.campaigns import find_zone, read_terms
from bot.services.joining.notices import JoinAnnounced
from bot.services.notices import owe
from storage.addresses import ANNOUNCE
from storage.records import Referral
from storage.tables.shops import ShopRow
from storage.tx import Tx


def announce(tx: Tx, shop: ShopRow, referral: Referral) -> None:
    """Owe the announce chat the news of a friend, for the moment at which the shop wants it; nothing without such a chat."""
    if shop.announce_chat is not None:
        due_at = compute_due(read_terms(tx, shop).campaign.announce.digest, tx.now, find_zone(shop.zone))
        news = JoinAnnounced(friend=referral.invitee_id, inviter=referral.inviter_id, digest_at=due_at)
        owe(tx, ANNOUNCE, news, key=referral.id)

"""On which rankings a friend counts: the shop's, its campaign's, and those of the week and the month."""

from __future__ import annotations

from bot.core.periods import BoardKind, compute_period
from bot.services.campaigns import find_zone
from storage.records import Referral
from storage.tables import boards, events, scores
from storage.tables.boards import BoardRow
from storage.tables.shops import ShopRow
from storage.tx import Tx


def count_friend(tx: Tx, shop: ShopRow, referral: Referral) -> int:
    """Count a friend who qualifies now for the inviter; returns the inviter's score in the shop. Late in a unit."""
    counting = boards.list_counting(tx, referral.campaign_version_id, tx.now)
    if _open_missing(tx, shop, referral, counting):
        counting = boards.list_counting(tx, referral.campaign_version_id, tx.now)
    return scores.raise_score(tx, referral.inviter_id, on=[each.id for each in counting])


def uncount_friend(tx: Tx, referral: Referral) -> int:
    """Take a friend who had qualified out of the rankings of that time; returns the inviter's score in the shop."""
    counted_at = events.find_qualified(tx, referral.id)
    counting = boards.list_counting(tx, referral.campaign_version_id, counted_at)
    return scores.lower_score(tx, referral.inviter_id, on=[each.id for each in counting])


def _open_missing(tx: Tx, shop: ShopRow, referral: Referral, counting: list[BoardRow]) -> bool:
    """Begin the week, the month and the campaign's ranking with the first friend in them; whether one was to be begun."""
    kinds = {each.kind for each in counting if each.campaign_id is None}
    missing = [kind for kind in (BoardKind.WEEK, BoardKind.MONTH) if kind not in kinds]
    for kind in missing:
        period = compute_period(kind, tx.now, find_zone(shop.zone), after=boards.find_end(tx, kind))
        boards.add(tx, campaign_id=None, period=period.name, starts_at=period.starts_at, ends_at=period.ends_at)
    own = any(each.campaign_id is not None and each.kind == "all" for each in counting)
    if not own:
        boards.add(tx, campaign_id=boards.get_campaign_id(tx, referral.campaign_version_id), period="all")
    return bool(missing) or not own

"""Friends who came and did not come to count within the time of their terms: their recommendation ends."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.durations import DAY
from bot.services.campaigns import get_terms
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from storage.records import ReferralId
from storage.tables import referrals
from storage.tx import Tx


def list_lapsed(tx: Tx, *, limit: int) -> list[ReferralId]:
    """Whose time is over by now, each by the terms they came under; at most so many."""
    found: list[ReferralId] = []
    for version_id in referrals.list_waiting_versions(tx):
        days = get_terms(tx, version_id).campaign.rules.credit_days
        if days is not None and len(found) < limit:
            found += referrals.list_waiting(tx, version_id, by=tx.now - days * DAY, limit=limit - len(found))
    return found


def lapse(tx: Tx, due: Sequence[ReferralId]) -> None:
    """End them, unless they have come to count since; both sides are told."""
    for referral_id in due:
        revoke(tx, referral_id, reason=RevokeReason.LATE, only_waiting=True)

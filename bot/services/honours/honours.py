"""Tiers: given with the friend who makes them, taken with the one who is taken back, told once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.tiers import Tier
from bot.core.durations import DAY
from bot.core.honours import (
    Honour,
    compute_tiers_digest,
    compute_told,
    decide_honour,
    decide_matters,
    decide_rises,
    find_next,
)
from bot.core.reminding import Ask
from bot.services.campaigns import get_terms
from bot.services.honours.notices import TierLost, TierReached
from bot.services.members import MemberView
from bot.services.notices import owe
from bot.services.reminding.offers import decide, offer
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.pulse import AskCause
from storage.records import PersonId
from storage.tables import honours, people, referrals, shops
from storage.tx import Tx

_UNSEEN = "?"
"""No digest of any tiers."""


@frozen
class HonourView:
    """What a member is, and what the next step takes."""

    tier: str = ""
    """The key; empty for none."""
    until_at: int | None = None
    """It lasts until then by itself; None for ever."""
    next: str = ""
    """The key of the tier above; empty where there is none."""
    missing: int = 0
    """How many friends it takes."""


def review(tx: Tx, person_id: PersonId, score: int, tiers: Sequence[Tier]) -> bool:
    """Give or take a tier by a friend who has just made the score what it is; true where they have risen, and hear it.

    The person is locked by that friend.
    """
    return decide_matters(tiers, score) and _settle(tx, person_id, score, tiers)


def view_honour(tx: Tx, member: MemberView) -> HonourView:
    """What a member is, and what is next."""
    tiers = get_terms(tx).campaign.tiers
    if not tiers:
        return HonourView()
    tier, until_at = honours.find(tx, member.id)
    following = find_next(tiers, tier)
    if following is None:
        return HonourView(tier=tier, until_at=until_at)
    missing = following.friends - _count_friends(tx, member.id, member.score, following)
    return HonourView(tier=tier, until_at=until_at, next=following.key, missing=max(missing, 1))


def list_ending(tx: Tx, limit: int) -> list[PersonId]:
    """Those whose tier has come to its end by itself."""
    return honours.list_ending(tx, limit)


def end_tiers(tx: Tx, ending: Sequence[PersonId]) -> None:
    """Take what has come to its end, and tell; what was changed since it was found so is looked at as it is."""
    tiers = get_terms(tx).campaign.tiers
    for person_id in ending:
        people.lock(tx, person_id)
        _settle(tx, person_id, people.get(tx, person_id).score, tiers, lapsed=True)


def is_swept(tx: Tx) -> bool:
    """Whether everybody was looked at by the tiers that hold now."""
    return shops.get_tiers_seen(tx)[0] == _compute_digest(tx, get_terms(tx).campaign)


def _compute_digest(tx: Tx, campaign: Campaign) -> str:
    return compute_tiers_digest(campaign.tiers, campaign.channel_language, shops.get(tx).community_id)


def sweep(tx: Tx, limit: int) -> None:
    """Look at some more by the tiers that hold now; whose tier is called otherwise is tagged anew.

    Nobody is told: they did nothing today, and a shop that names its first tiers would write to all of its regulars.
    """
    campaign, chat_id = get_terms(tx).campaign, shops.get(tx).community_id
    tiers = campaign.tiers
    seen, upto = shops.get_tiers_seen(tx)
    digest = _compute_digest(tx, campaign)
    under_way = f"-{digest}"
    if seen != under_way:
        upto = PersonId(0)
    least = min((tier.friends for tier in tiers), default=2**31 - 1)
    worthy = honours.list_worthy(tx, after=upto, least=least, limit=limit)
    for person_id in worthy:
        people.lock(tx, person_id)
        _settle(tx, person_id, people.get(tx, person_id).score, tiers, told=False)
        tier = campaign.find_tier(honours.find(tx, person_id)[0])
        if tier is not None and chat_id is not None:
            honours.owe_other_tag(tx, person_id, compute_told(tier, campaign.channel_language, chat_id))
    shops.set_tiers_seen(tx, under_way if worthy else digest, worthy[-1] if worthy else PersonId(0))


def _settle(
    tx: Tx, person_id: PersonId, score: int, tiers: Sequence[Tier], *, lapsed: bool = False, told: bool = True
) -> bool:
    before, until_at = honours.find(tx, person_id)
    honour = decide_honour(tiers, score, partial(referrals.find_nth_joined, tx, person_id), tx.now)
    if honour == Honour(tier=before, until_at=until_at):
        return False
    honours.set_tier(tx, person_id, honour.tier, honour.until_at)
    if honour.tier == before:
        return False
    if told:
        _note_unseen(tx)
    honours.owe_tag(tx, person_id)
    if not told or not people.get(tx, person_id).is_member:
        return False
    if decide_rises(tiers, before, honour.tier):
        asks = decide(tx, people.get(tx, person_id)) is Ask.NOW
        reached = TierReached(tier=honour.tier, asks=asks)
        owe(tx, MemberAddress(person_id), reached, key=f"{person_id}:{honour.tier}:{tx.now}")
        offer(tx, person_id, AskCause.TIER)
        return True
    lost = next((tier for tier in tiers if tier.key == before), None)
    if lost is not None:
        missing = max(1, lost.friends - _count_friends(tx, person_id, score, lost))
        gone = TierLost(tier=before, now=honour.tier, lapsed=lapsed, missing=missing)
        owe(tx, MemberAddress(person_id), gone, key=f"{person_id}:{before}:{tx.now}")
    return False


def _note_unseen(tx: Tx) -> None:
    """Somebody's tier goes by terms by which not everybody was looked at: all are looked at, whatever terms hold then."""
    digest, (seen, _) = _compute_digest(tx, get_terms(tx).campaign), shops.get_tiers_seen(tx)
    if seen not in {digest, f"-{digest}"}:
        shops.set_tiers_seen(tx, _UNSEEN, PersonId(0))


def _count_friends(tx: Tx, person_id: PersonId, score: int, tier: Tier) -> int:
    """How many friends count towards a tier."""
    if tier.period_days is None:
        return score
    return referrals.count_lately(tx, person_id, since=tx.now - tier.period_days * DAY, most=tier.friends)

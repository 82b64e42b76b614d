"""How far each friend has come on the way that rules reward: for whoever brought them, and for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.rewards.steps import Seen, Stage, compute_stayed, is_for, list_stages
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, compose_name
from storage.facts import EventKind
from storage.frozen import frozen
from storage.records import Referral, ReferralId, ReferralState
from storage.tables import awaited, events, labels, people, referrals, sales
from storage.tx import Tx


@frozen
class OwnWay:
    """How far a member has come by a friend's recommendation."""

    inviter: str = ""
    """Who brought them; empty for nobody, or somebody without a name."""
    stages: Sequence[Stage] = ()
    """Empty where nothing more than coming is asked."""


def list_ways(tx: Tx, referral_ids: Sequence[ReferralId]) -> dict[ReferralId, Sequence[Stage]]:
    """The stages of those of some friends who count, where rules reward more than coming."""
    found = referrals.list_by_ids(tx, referral_ids)
    counting = [each for each in found.values() if each.state is ReferralState.QUALIFIED]
    return {referral_id: stages for referral_id, stages in _look(tx, counting).items() if len(stages) > 1}


def view_own_way(tx: Tx, member: MemberView) -> OwnWay:
    """The stages of a member themselves; none where they came by nobody, or it was taken back."""
    referral = referrals.find_by_invitee(tx, member.id)
    if referral is None or referral.state is ReferralState.REVOKED:
        return OwnWay()
    stages = _look(tx, [referral])[referral.id]
    if len(stages) < 2:
        return OwnWay()
    return OwnWay(inviter=compose_name(people.get(tx, referral.inviter_id).profile), stages=stages)


def _look(tx: Tx, friends: Sequence[Referral]) -> dict[ReferralId, list[Stage]]:
    """One statement each for all of them, and none where no rule asks."""
    rules = {each.id: get_terms(tx, each.campaign_version_id).campaign for each in friends}
    if not any(campaign.rewards or campaign.rules.join_community for campaign in rules.values()):
        return {each.id: [] for each in friends}
    ids = [*rules]
    waiting = awaited.list_of(tx, ids)
    reached = {(referral_id, key) for referral_id, key in events.list_reached(tx, ids)}
    found = {}
    for each in friends:
        campaign = rules[each.id]
        called = labels.list_of(tx, each.inviter_id) if campaign.asks_labels else []
        own = [rule for rule in campaign.rewards if is_for(rule, called)]
        buys = any(rule.when == "purchased" for rule in own)
        days = {
            (one.kind, one.days): one.seen_days
            if one.kind is EventKind.ACTIVE
            else compute_stayed(one.days, one.due_at, tx.now)
            for one in waiting
            if one.referral_id == each.id
        }
        seen = Seen(
            counts=each.state is ReferralState.QUALIFIED,
            days=days,
            reached={key for referral_id, key in reached if referral_id == each.id},
            purchases=sales.count_counted(tx, each.invitee_id) if buys else 0,
        )
        found[each.id] = list_stages(own, seen, community=campaign.rules.join_community)
    return found

"""The one way in which a referral is taken back: state, rewards, score and notices, all or nothing, once."""

from __future__ import annotations

from collections.abc import Iterable

from bot.services.campaigns import get_terms
from bot.services.honours.honours import review
from bot.services.joining.notices import FriendRevoked, GiftRevoked, RevokeReason
from bot.services.notices import owe
from bot.services.rewards.giving import tell_taken
from bot.services.rewards.granting import note_revoked, sum_points, take_back_above, uncount_friend
from bot.services.waiting.waiting import retreat
from bot.services.webhooks.publishing import publish_referral
from storage.addresses import MemberAddress
from storage.facts import GrantKind, GrantRow
from storage.records import Referral, ReferralId, ReferralState, Side
from storage.tables import people, referrals, sales
from storage.tx import Tx
from storage.webhook import HookEventKind

_STANDING = (ReferralState.WAITING, ReferralState.QUALIFIED)
"""Waiting is asked first: a referral that qualifies in between is then still found as qualified."""


def revoke(
    tx: Tx, referral_id: ReferralId, *, reason: RevokeReason, tell_inviter: bool = True, only_waiting: bool = False
) -> Referral | None:
    """Take back a referral that waits or has qualified; None where it was taken back before.

    The invitee keeps no room for another referral: it is one for ever. Balances may fall below zero.

    Args:
        tx: The transaction.
        referral_id: Which one.
        reason: Why, as both sides are told.
        tell_inviter: False where the inviter is answered directly.
        only_waiting: Whoever counts already stays as they are.
    """
    earned = _set_revoked(tx, referral_id, (ReferralState.WAITING,) if only_waiting else _STANDING)
    if earned is None:
        return None
    referral = referrals.get(tx, referral_id)
    publish_referral(tx, HookEventKind.REVOKED, referral, reason=reason)
    taken = _take_back(tx, referral, counted=earned)
    sales.end_of(tx, referral.invitee_id)
    if people.get(tx, referral.invitee_id).is_member:
        _owe(tx, referral, Side.INVITEE, taken, reason)
    if tell_inviter:
        _owe(tx, referral, Side.INVITER, taken, reason)
    return referral


def suspend(tx: Tx, referral: Referral) -> bool:
    """Take back what came of a friend who counts, so that it can count again later; told by whoever asks for it.

    Returns whether the friend did count until now.
    """
    if not referrals.set_state(tx, referral.id, ReferralState.WAITING, expected=ReferralState.QUALIFIED):
        return False
    publish_referral(tx, HookEventKind.REVOKED, referral, reason=RevokeReason.UNFAIR)
    _take_back(tx, referral, counted=True)
    return True


def _take_back(tx: Tx, referral: Referral, *, counted: bool) -> list[GrantRow]:
    """Everything that came of a referral, scores and tiers included; returns what was given for it."""
    taken = note_revoked(tx, referral)
    unsaid = [grant for grant in taken if grant.kind is not GrantKind.POINTS or grant.ledger_id is None]
    if counted:
        score = uncount_friend(tx, referral)
        unsaid += take_back_above(tx, referral.inviter_id, score)
        review(tx, referral.inviter_id, score, get_terms(tx).campaign.tiers)
        retreat(tx, referral, get_terms(tx, referral.campaign_version_id))
    tell_taken(tx, unsaid)
    return taken


def _set_revoked(tx: Tx, referral_id: ReferralId, states: Iterable[ReferralState]) -> bool | None:
    """Whether it had qualified before it was taken back here; None where it is not for us to take back."""
    for state in states:
        if referrals.set_state(tx, referral_id, ReferralState.REVOKED, expected=state):
            return state is ReferralState.QUALIFIED
    return None


def _owe(tx: Tx, referral: Referral, side: Side, taken: list[GrantRow], reason: RevokeReason) -> None:
    points = sum_points(taken, side)
    if side is Side.INVITEE:
        gift = GiftRevoked(inviter=referral.inviter_id, points=points, reason=reason)
        owe(tx, MemberAddress(referral.invitee_id), gift, key=referral.id)
    else:
        friend = FriendRevoked(friend=referral.invitee_id, points=points, reason=reason)
        owe(tx, MemberAddress(referral.inviter_id), friend, key=referral.id)

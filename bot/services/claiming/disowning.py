"""The one who was named says that it was somebody else."""

from __future__ import annotations

from enum import Enum, auto

from bot.core.claiming import compute_end
from bot.services.campaigns import get_terms
from bot.services.claiming.naming import SOURCE
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.members import MemberView, compose_name, enter, view_member
from bot.services.rewards.granting import sum_points
from storage.frozen import frozen
from storage.records import Person, Profile, Referral, ReferralId, ReferralState, Side
from storage.tables import grants, people, referrals
from storage.tx import Tx


class Disowning(Enum):
    """What came of "it wasn't me"."""

    REVOKED = auto()
    KEPT = auto()
    """Too late."""
    SETTLED = auto()
    """Taken back before, or never this member's to refuse."""


@frozen
class DisownView:
    """What came of "it wasn't me"; `points` went back."""

    member: MemberView
    disowning: Disowning
    friend: str = ""
    points: int = 0


def disown(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> DisownView:
    """The one who was named says it was somebody else: what was credited is taken back."""
    person = enter(tx, visitor)
    referral = referrals.list_by_ids(tx, [referral_id]).get(referral_id)
    if referral is None or not _is_claimed_for(referral, person):
        return DisownView(member=view_member(tx, person), disowning=Disowning.SETTLED)
    friend = compose_name(people.get(tx, referral.invitee_id).profile)
    rules = get_terms(tx, referral.campaign_version_id).campaign.rules
    if tx.now >= compute_end(referral.joined_at, rules.claim_days):
        return DisownView(member=view_member(tx, person), disowning=Disowning.KEPT, friend=friend)
    earned = sum_points(grants.list_by_referral(tx, referral_id), Side.INVITER)
    revoked = revoke(tx, referral_id, reason=RevokeReason.NOT_ME, tell_inviter=False)
    member = view_member(tx, people.get(tx, person.id))
    return DisownView(
        member=member,
        disowning=Disowning.SETTLED if revoked is None else Disowning.REVOKED,
        friend=friend,
        points=earned,
    )


def _is_claimed_for(referral: Referral, person: Person) -> bool:
    mine = referral.inviter_id == person.id and referral.source == SOURCE
    return mine and referral.state is not ReferralState.REVOKED

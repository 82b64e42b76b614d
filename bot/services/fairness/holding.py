"""Looking at a friend who comes, and holding them back: the friend does not count before somebody has looked."""

from __future__ import annotations

from bot.core.durations import DAY_SECONDS, SECOND
from bot.core.fairness.judging import Verdict, compose_evidence, compute_risk, decide_verdict
from bot.core.fairness.looking import OTHERS, Look, Usual, parse_usual
from bot.core.fairness.signals import Cost, Sign, list_signs
from bot.core.roles import MANAGERS, decide_allowed
from bot.services.campaigns import Terms, get_terms
from bot.services.fairness.notices import CaptchaAsked, FriendHeld, ReviewWaiting, WelcomeHeld
from bot.services.joining.revoking import suspend
from bot.services.members import list_team
from bot.services.notices import Notice, owe
from storage.addresses import MemberAddress
from storage.records import Person, Referral, ReferralId, ReferralState
from storage.review import ReviewRow, ReviewState, Trace
from storage.tables import people, referrals, reviews, watches
from storage.tx import Tx

ASKED_SECONDS = DAY_SECONDS
"""For so long a friend can show that they are a person."""


def look_at_join(tx: Tx, terms: Terms, inviter: Person, invitee: Person) -> list[Sign] | None:
    """What speaks for looking first at a friend who comes this very moment; None where the friend is to count.

    Asked only of members who have brought a few friends, or somebody who was looked at.
    """
    fairness = terms.campaign.fairness
    others = reviews.list_friends(tx, inviter.id, limit=OTHERS)
    look = Look(friend=_trace(tx, inviter, invitee), others=others, usual=find_usual(tx))
    signs = list_signs(look, (Cost.JOIN,))
    return None if decide_verdict(signs, fairness) is Verdict.ALLOW else signs


def hold(tx: Tx, referral: Referral, signs: list[Sign], *, tell_invitee: bool) -> Referral:
    """Look at a friend before they count, or ask them first to show that they are a person; both sides are told.

    A friend who is answered directly is told here only what they are asked.
    """
    fairness = get_terms(tx, referral.campaign_version_id).campaign.fairness
    asks = decide_verdict(signs, fairness) is Verdict.ASK
    _open(tx, referral, signs, asks=asks)
    if tell_invitee or asks:
        tell_held(tx, referral)
    return referral


def find_checked(tx: Tx, referral: Referral) -> int:
    """Until when somebody looks before a friend counts; 0 where nobody does."""
    row = reviews.find(tx, referral.id) if referral.state is ReferralState.WAITING else None
    return row.due_at if row is not None and row.decided_at is None else 0


def hold_counted(tx: Tx, referral: Referral, signs: list[Sign]) -> bool:
    """Look at a friend who counts already: until then what came of it is taken back; both sides are told."""
    if reviews.find(tx, referral.id) is not None:
        return False
    counted = suspend(tx, referral)
    if not counted and referral.state is ReferralState.REVOKED:
        return False
    _open(tx, referral, signs, asks=False, counted=counted)
    tell_held(tx, referrals.get(tx, referral.id))  # as it is now: who does not count any more is told so
    return True


def tell_held(tx: Tx, referral: Referral) -> bool:
    """Tell a friend who is looked at until when, or ask what they were to be asked; False where nobody looks."""
    row = reviews.find(tx, referral.id) if referral.state is not ReferralState.QUALIFIED else None
    if row is None or row.state not in {ReviewState.ASKED, ReviewState.OPEN}:
        return False
    if people.get(tx, referral.invitee_id).is_member:
        owe(tx, MemberAddress(referral.invitee_id), _compose_greeting(tx, referral, row), key=f"{referral.id}:{tx.now}")
    return True


def tell_inviter(tx: Tx, referral: Referral, row: ReviewRow) -> None:
    """Until when somebody looks."""
    held = FriendHeld(friend=referral.invitee_id, until=row.due_at, counted=row.counted)
    if people.get(tx, referral.inviter_id).is_member:
        owe(tx, MemberAddress(referral.inviter_id), held, key=f"{referral.id}:{tx.now}")


def tell_team(tx: Tx, *, appeal: ReferralId | None = None) -> None:
    """Tell those who decide that somebody waits: once a day, and of each objection."""
    notice = ReviewWaiting(count=reviews.count_queued(tx), appeal=appeal is not None)
    for telegram_id, role in list_team(tx).items():
        member = people.find_by_telegram_id(tx, telegram_id)
        if member is not None and decide_allowed(role, MANAGERS):
            key = f"{member.id}:{f'appeal:{appeal}' if appeal is not None else tx.now // SECOND // ASKED_SECONDS}"
            owe(tx, MemberAddress(member.id), notice, key=key)


def find_usual(tx: Tx) -> Usual:
    """What is usual in this shop."""
    return parse_usual(watches.get(tx).measured)


def _open(tx: Tx, referral: Referral, signs: list[Sign], *, asks: bool, counted: bool = False) -> None:
    fairness = get_terms(tx, referral.campaign_version_id).campaign.fairness
    due_at = tx.now + ASKED_SECONDS * SECOND if asks else fairness.compute_deadline(tx.now)
    reviews.add(
        tx,
        referral.id,
        ReviewState.ASKED if asks else ReviewState.OPEN,
        risk=compute_risk(signs),
        evidence=compose_evidence(signs),
        counted=counted,
        due_at=due_at,
    )
    people.set_watched(tx, referral.inviter_id)
    row = reviews.find(tx, referral.id)
    assert row is not None
    tell_inviter(tx, referral, row)
    if not asks:
        tell_team(tx)


def _compose_greeting(tx: Tx, referral: Referral, row: ReviewRow) -> Notice:
    if row.state is ReviewState.ASKED:
        return CaptchaAsked(inviter=referral.inviter_id, referral=referral.id)
    points = get_terms(tx, referral.campaign_version_id).campaign.invitee_points
    return WelcomeHeld(inviter=referral.inviter_id, points=points, until=row.due_at, counted=row.counted)


def _trace(tx: Tx, inviter: Person, invitee: Person) -> Trace:
    profile = invitee.profile
    return Trace(
        referral_id=ReferralId(0),
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        telegram_id=profile.telegram_id,
        first_name=profile.first_name,
        last_name=profile.last_name,
        username=profile.username,
        language=profile.telegram_language,
        joined_at=tx.now,
        blocked_at=None,
        shared=False,
    )

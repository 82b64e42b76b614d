"""What people decide about friends who are looked at: the queue, yes, no, back again, and what is said to a no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum, auto
from typing import Any

from bot.core.campaigns.fairness import AtDeadline
from bot.core.durations import SECOND
from bot.core.fairness.judging import compose_evidence, compute_risk, merge_evidence
from bot.core.fairness.signals import Sign, find_signal
from bot.core.names import clean_text
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.fairness.holding import tell_held, tell_inviter, tell_team
from bot.services.fairness.notices import FriendRefused
from bot.services.fairness.picturing import Line, view_lines
from bot.services.joining.notices import RevokeReason
from bot.services.joining.restoring import settle
from bot.services.joining.revoking import revoke, suspend
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Person, Profile, Referral, ReferralId, ReferralState
from storage.review import ReviewRow, ReviewState
from storage.tables import audit, captchas, people, referrals, reviews, watches
from storage.tx import Tx

UNDO_SECONDS = 3600
"""For so long a decision can be taken back."""

APPEAL_LIMIT = 500
"""Characters of what is said to a refusal."""

REASONS = ("unreal", "same", "asked")
"""Why somebody is refused, by the word that is kept; each has a sentence of its own."""

TIME, BY_ITSELF = "time", "signals"
"""Why without anybody's decision: the time was over, or the signals were enough."""


class Deciding(Enum):
    """What came of a tap."""

    SHOWN = auto()
    APPROVED = auto()
    REFUSED = auto()
    UNDONE = auto()
    GONE = auto()
    """Somebody else was quicker, or it is too late."""


@frozen
class ReviewView:
    """Somebody to decide about, or nobody."""

    member: MemberView
    deciding: Deciding = Deciding.SHOWN
    row: ReviewRow | None = None
    referral: Referral | None = None
    inviter: str = ""
    friend: str = ""
    telegram_id: int = 0
    """The friend's."""
    waiting: int = 0
    """How many are to be decided about."""
    pays: bool = True
    """What comes of it at the end of its time."""
    rights: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """How often each signal was right, and wrong."""
    lines: Sequence[Line] = ()
    """Who brought whom, around this friend."""


def view_review(tx: Tx, *, visitor: Profile, after: int = 0) -> ReviewView:
    """Who is to be decided about next; appeals first, and after somebody who is shown whoever follows.

    Raises:
        NotAllowed: this is nobody who decides.
    """
    demand(tx, visitor, MANAGERS)
    person = enter(tx, visitor)
    return _view(tx, person, reviews.find_next(tx, after=after), Deciding.SHOWN)


def note_rating(tx: Tx, *, referral_id: ReferralId, level: int) -> None:
    """Write down that Telegram rates an account below zero, while it is not decided about it."""
    row, signal = reviews.find(tx, referral_id), find_signal("rating")
    if row is not None and row.decided_at is None and signal is not None and level < 0:
        signs = merge_evidence(row.evidence, [Sign(signal, (level,))])
        reviews.set_evidence(tx, referral_id, row.state, risk=compute_risk(signs), evidence=compose_evidence(signs))


def view_one(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> ReviewView:
    """Somebody in particular, while it is to be decided; else whoever is next.

    Raises:
        NotAllowed: this is nobody who decides.
    """
    demand(tx, visitor, MANAGERS)
    person, row = enter(tx, visitor), reviews.find(tx, referral_id)
    if row is None or not _is_undecided(row):
        return _view(tx, person, reviews.find_next(tx), Deciding.GONE)
    return _view(tx, person, row, Deciding.SHOWN)


def approve(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> ReviewView:
    """The friend counts.

    Raises:
        NotAllowed: this is nobody who decides.
    """
    demand(tx, visitor, MANAGERS)
    person, row = enter(tx, visitor), _lock_open(tx, referral_id)
    if row is None:
        return _view_decided(tx, person, referral_id, Deciding.APPROVED)
    count_in(tx, row)
    _note(tx, person, row, right=0, wrong=1, after="approved")
    return _view(tx, person, reviews.find(tx, referral_id), Deciding.APPROVED)


def refuse(tx: Tx, *, visitor: Profile, referral_id: ReferralId, reason: str) -> ReviewView:
    """The friend does not count, for one of `REASONS`.

    Raises:
        NotAllowed: this is nobody who decides.
    """
    demand(tx, visitor, MANAGERS)
    person, row = enter(tx, visitor), _lock_open(tx, referral_id)
    if row is None or reason not in REASONS:
        return _view_decided(tx, person, referral_id, Deciding.REFUSED)
    count_out(tx, row, reason)
    _note(tx, person, row, right=1, wrong=0, after=reason)
    return _view(tx, person, reviews.find(tx, referral_id), Deciding.REFUSED)


def undo(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> ReviewView:
    """Take a decision of the last hour back: the friend is looked at again.

    Raises:
        NotAllowed: this is nobody who decides.
    """
    demand(tx, visitor, MANAGERS)
    person, row = enter(tx, visitor), reviews.lock(tx, referral_id)
    if row is not None and row.state is ReviewState.OPEN:
        return _view(tx, person, row, Deciding.UNDONE)
    if row is None or row.decided_at is None or row.by_itself or tx.now - row.decided_at > UNDO_SECONDS * SECOND:
        return _view(tx, person, reviews.find_next(tx), Deciding.GONE)
    referral = referrals.get(tx, referral_id)
    fairness = get_terms(tx, referral.campaign_version_id).campaign.fairness
    reviews.reopen(tx, row, due_at=max(row.due_at, fairness.compute_deadline(tx.now)))
    if row.state is ReviewState.APPROVED:
        suspend(tx, referral)
    else:
        referrals.set_state(tx, referral_id, ReferralState.WAITING, expected=ReferralState.REVOKED)
    approved = int(row.state is ReviewState.APPROVED)
    _note(tx, person, row, right=approved - 1, wrong=-approved, after="again")
    again = reviews.find(tx, referral_id)
    assert again is not None
    tell_inviter(tx, referral, again)
    tell_held(tx, referrals.get(tx, referral_id))
    return _view(tx, person, again, Deciding.UNDONE)


def appeal(tx: Tx, *, visitor: Profile, referral_id: ReferralId, text: str) -> tuple[MemberView, bool]:
    """Say something to a refusal, once, as one of its sides; whether it was taken."""
    person = enter(tx, visitor)
    referral = referrals.list_by_ids(tx, [referral_id]).get(referral_id)
    said = clean_text(text, limit=APPEAL_LIMIT)
    if referral is None or person.id not in {referral.inviter_id, referral.invitee_id} or not said:
        return view_member(tx, person), False
    taken = reviews.set_appeal(tx, referral_id, by=person.id, text=said)
    if taken:
        tell_team(tx, appeal=referral_id)
    return view_member(tx, person), taken


def take_appeal(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> tuple[MemberView, bool]:
    """Likewise, as the dialogue has asked for it."""
    return appeal(tx, visitor=visitor, referral_id=ReferralId(int(data["referral"])), text=str(data["words"]))


def may_appeal(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> tuple[MemberView, bool]:
    """Whether something can still be said to a refusal."""
    person = enter(tx, visitor)
    referral = referrals.list_by_ids(tx, [referral_id]).get(referral_id)
    row = reviews.find(tx, referral_id)
    open_ = row is not None and row.state is ReviewState.REFUSED and row.appealed_at is None
    mine = referral is not None and person.id in {referral.inviter_id, referral.invitee_id}
    return view_member(tx, person), open_ and mine


def list_due(tx: Tx, *, limit: int) -> list[ReferralId]:
    """Whose time is over."""
    return reviews.list_due(tx, limit=limit)


def end(tx: Tx, due: Sequence[ReferralId]) -> None:
    """Decide as the campaign says what nobody decided in time; who did not answer what they were asked is looked at."""
    for referral_id in due:
        row = reviews.lock(tx, referral_id)
        if row is None or row.decided_at is not None or row.due_at > tx.now:
            continue
        fairness = get_terms(tx, referrals.get(tx, referral_id).campaign_version_id).campaign.fairness
        if row.state is ReviewState.ASKED:
            look_at(tx, row)
        elif fairness.at_deadline == AtDeadline.PAY:
            count_in(tx, row, by_itself=True)
        else:
            count_out(tx, row, TIME, by_itself=True)


def look_at(tx: Tx, row: ReviewRow) -> None:
    """The friend did not show that they are a person: somebody of the team looks."""
    referral = referrals.get(tx, row.referral_id)
    due_at = get_terms(tx, referral.campaign_version_id).campaign.fairness.compute_deadline(tx.now)
    reviews.reopen(tx, row, due_at=due_at)
    captchas.delete_question(tx, row.referral_id)
    tell_held(tx, referral)
    tell_team(tx)


def refuse_at_once(tx: Tx, referral_id: ReferralId, signs: Sequence[Sign], *, refuses: bool) -> None:
    """Write down what was noticed of somebody who is looked at; where it is enough for that, refuse."""
    row = reviews.find(tx, referral_id)
    if row is None:
        return
    reviews.set_evidence(tx, referral_id, row.state, risk=compute_risk(signs), evidence=compose_evidence(signs))
    if refuses:
        count_out(tx, row, BY_ITSELF, by_itself=True)


def count_in(tx: Tx, row: ReviewRow, *, by_itself: bool = False) -> None:
    """The friend counts, from now on or again; both sides are told."""
    if reviews.decide(tx, row, ReviewState.APPROVED, by_itself=by_itself):
        settle(tx, row.referral_id)


def count_out(tx: Tx, row: ReviewRow, reason: str, *, by_itself: bool = False) -> None:
    """The friend does not count; both sides are told."""
    if not reviews.decide(tx, row, ReviewState.REFUSED, reason=reason, by_itself=by_itself):
        return
    revoke(tx, row.referral_id, reason=RevokeReason.UNFAIR, tell_inviter=False)
    referral = referrals.get(tx, row.referral_id)
    refused = FriendRefused(
        friend=referral.invitee_id, referral=referral.id, ground=reason, appealed=row.appealed_at is not None
    )
    if people.get(tx, referral.inviter_id).is_member:
        owe(tx, MemberAddress(referral.inviter_id), refused, key=f"{referral.id}:{tx.now}")


def _lock_open(tx: Tx, referral_id: ReferralId) -> ReviewRow | None:
    """Somebody about whom it is to be decided, be it that a refusal was objected to."""
    row = reviews.lock(tx, referral_id)
    return row if row is not None and _is_undecided(row) else None


def _view_decided(tx: Tx, person: Person, referral_id: ReferralId, deciding: Deciding) -> ReviewView:
    """What a second tap finds, perhaps because the answer to the first was lost: the same, if it was decided so; else who is next."""
    row = reviews.find(tx, referral_id)
    if row is not None and row.state is _DECIDED[deciding] and not row.by_itself and not _is_undecided(row):
        return _view(tx, person, row, deciding)
    return _view(tx, person, reviews.find_next(tx), Deciding.GONE)


_DECIDED = {Deciding.APPROVED: ReviewState.APPROVED, Deciding.REFUSED: ReviewState.REFUSED}


def _is_undecided(row: ReviewRow) -> bool:
    objected = row.state is ReviewState.REFUSED and row.appealed_at is not None and row.answered_at is None
    return objected or row.state in {ReviewState.OPEN, ReviewState.ASKED}


def _note(tx: Tx, person: Person, row: ReviewRow, *, right: int, wrong: int, after: str) -> None:
    watches.count(tx, [key for key, _ in row.evidence], right=right, wrong=wrong)
    friend = referrals.get(tx, row.referral_id).invitee_id
    audit.add(tx, actor_id=person.id, act=Act.REVIEWED, subject="", person_id=friend, after=after)


def _view(tx: Tx, person: Person, row: ReviewRow | None, deciding: Deciding) -> ReviewView:
    member, waiting = view_member(tx, person), reviews.count_queued(tx)
    if row is None:
        return ReviewView(member=member, deciding=deciding, waiting=waiting)
    referral = referrals.get(tx, row.referral_id)
    known = people.list_by_ids(tx, [referral.inviter_id, referral.invitee_id])
    names = {each: compose_name(found.profile) for each, found in known.items()}
    fairness = get_terms(tx, referral.campaign_version_id).campaign.fairness
    return ReviewView(
        member=member,
        deciding=deciding,
        row=row,
        referral=referral,
        inviter=names.get(referral.inviter_id, ""),
        friend=names.get(referral.invitee_id, ""),
        telegram_id=known[referral.invitee_id].profile.telegram_id if referral.invitee_id in known else 0,
        waiting=waiting,
        pays=fairness.at_deadline == AtDeadline.PAY,
        rights=watches.list_counts(tx),
        lines=view_lines(tx, referral),
    )

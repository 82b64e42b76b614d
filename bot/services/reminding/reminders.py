"""What friends still miss, and a kind word to one of them; a fresh story for sharing again."""

from __future__ import annotations

from collections.abc import Collection

from bot.core.reminding import (
    Missing,
    Reminding,
    choose_fresh_story,
    compute_next,
    decide_missing,
    decide_reminding,
)
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, compose_name, enter, view_member
from bot.services.notices import owe
from bot.services.reminding import notices
from bot.services.rewards.granting import promise_points
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Invitation, Person, Profile, Referral, ReferralId, ReferralState, Reminder
from storage.tables import people, referrals, reminders, reviews, shares
from storage.tx import Tx


@frozen
class WaitingView:
    """A friend who does not count yet."""

    missing: Missing
    reminding: Reminding
    """What would become of reminding the friend now."""
    reminded_at: int | None
    checked_until: int = 0
    """CHECKED: until when."""


@frozen
class RemindView:
    """What became of the wish to remind a friend."""

    result: Reminding
    name: str
    """The friend's; empty where it is nobody of this member's."""
    reminded_at: int = 0
    """TOO_SOON: the last time."""
    next_at: int = 0
    """TOO_SOON: from when on again."""


def view_waiting(tx: Tx, lines: Collection[Invitation]) -> dict[ReferralId, WaitingView]:
    """What those of a page's friends miss who do not count yet, in the order of the page."""
    waiting = [line.referral_id for line in lines if line.state is ReferralState.WAITING]
    found = referrals.list_by_ids(tx, waiting)
    friends = people.list_by_ids(tx, sorted({each.invitee_id for each in found.values()}))
    views = {each: _view(tx, found[each], friends[found[each].invitee_id]) for each in waiting}
    return {referral_id: view for referral_id, view in views.items() if view is not None}


def remind(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> RemindView:
    """Owe a friend one kind message that names what is missing, if the friend is the visitor's and may be reminded.

    Args:
        tx: The transaction.
        visitor: Who asks for it.
        referral_id: Which friend.
    """
    referral = referrals.list_by_ids(tx, [referral_id]).get(referral_id)
    if referral is None or referral.inviter_id != enter(tx, visitor).id:
        return RemindView(result=Reminding.NOBODY, name="")
    people.lock(tx, referral.invitee_id)
    invitee, reminder = people.get(tx, referral.invitee_id), reminders.find(tx, referral_id)
    result = decide_reminding(referral, invitee, reminder, now=tx.now)
    if reviews.is_open(tx, referral_id):
        result = Reminding.OVER
    if result is Reminding.DONE:
        _owe(tx, referral)
    return _view_result(result, invitee, reminder)


def decline(tx: Tx, *, visitor: Profile, referral_id: ReferralId) -> MemberView:
    """The visitor wants no more reminders; of somebody else's referral nothing changes."""
    member = view_member(tx, enter(tx, visitor))
    referral = referrals.find_by_invitee(tx, member.id)
    if referral is not None and referral.id == referral_id:
        reminders.set_declined(tx, referral_id)
    return member


def find_fresh_story(tx: Tx, *, visitor: Profile) -> str:
    """The key of the story to share next."""
    return choose_fresh_story(get_terms(tx).story_keys, shares.find_last_story(tx, enter(tx, visitor).id))


def _owe(tx: Tx, referral: Referral) -> None:
    reminders.note(tx, referral.id)
    points = promise_points(tx, referral, get_terms(tx, referral.campaign_version_id))[1]
    notice = notices.Reminder(inviter=referral.inviter_id, referral=referral.id, points=points)
    owe(tx, MemberAddress(referral.invitee_id), notice, key=f"{referral.id}:{tx.now}")


def _view(tx: Tx, referral: Referral, invitee: Person) -> WaitingView | None:
    missing, reminder = decide_missing(referral, invitee), reminders.find(tx, referral.id)
    if missing is None:
        return None
    looked = reviews.find(tx, referral.id)
    if looked is not None and looked.decided_at is None:
        checked = Missing.CHECKED
        return WaitingView(missing=checked, reminding=Reminding.OVER, reminded_at=None, checked_until=looked.due_at)
    return WaitingView(
        missing=missing,
        reminding=decide_reminding(referral, invitee, reminder, now=tx.now),
        reminded_at=reminder.reminded_at if reminder else None,
    )


def _view_result(result: Reminding, invitee: Person, reminder: Reminder | None) -> RemindView:
    reminded_at = (reminder.reminded_at if reminder else None) or 0
    return RemindView(
        result=result, name=compose_name(invitee.profile), reminded_at=reminded_at, next_at=compute_next(reminded_at)
    )

"""Who brought whom around somebody who is looked at."""

from __future__ import annotations

from bot.core.names import compose_display_name
from bot.services.members import compose_name
from storage.frozen import frozen
from storage.records import PersonId, Referral, ReferralState
from storage.review import Trace
from storage.tables import inviter_sums, people, referrals, reviews
from storage.tx import Tx

FRIENDS_SHOWN, THEIRS_SHOWN = 9, 3
"""Friends of the same member, and of each of them, that are drawn."""


@frozen
class Line:
    """Somebody in the picture, below whoever brought them."""

    person_id: PersonId
    by: PersonId | None
    """None at the top."""
    name: str
    level: int
    """0 at the top."""
    state: ReferralState | None = None
    """How the recommendation stands that brought them; None at the top."""
    is_this: bool = False
    """The friend it is about."""
    more: int = 0
    """How many they brought besides those drawn."""


def view_lines(tx: Tx, referral: Referral) -> list[Line]:
    """The inviter under whoever brought them, their friends around this one, and whom these brought."""
    inviter = people.get(tx, referral.inviter_id)
    above = referrals.find_by_invitee(tx, inviter.id)
    host = people.get(tx, above.inviter_id) if above is not None else None
    lines = [] if host is None else [Line(person_id=host.id, by=None, name=compose_name(host.profile), level=0)]
    depth = len(lines)
    friends = _list_around(tx, referral)
    lines.append(
        Line(
            person_id=inviter.id,
            by=host.id if host is not None else None,
            name=compose_name(inviter.profile),
            level=depth,
            state=above.state if above is not None else None,
            more=max(0, inviter_sums.find(tx, inviter.id).friends - len(friends)),
        )
    )
    for each in friends:
        theirs = reviews.list_friends(tx, each.invitee_id, limit=THEIRS_SHOWN)
        more = max(0, inviter_sums.find(tx, each.invitee_id).friends - len(theirs)) if theirs else 0
        lines.append(_make_line(tx, each, depth + 1, is_this=each.referral_id == referral.id, more=more))
        lines += [_make_line(tx, one, depth + 2) for one in reversed(theirs)]
    return lines


def _list_around(tx: Tx, referral: Referral) -> list[Trace]:
    """The friends who came just before and after, this one among them, the oldest first."""
    later = reviews.list_later_friends(tx, referral.inviter_id, after=referral.id, limit=FRIENDS_SHOWN // 2)
    earlier = reviews.list_friends(tx, referral.inviter_id, upto=referral.id, limit=FRIENDS_SHOWN - len(later))
    return [*reversed(earlier), *later]


def _make_line(tx: Tx, trace: Trace, level: int, *, is_this: bool = False, more: int = 0) -> Line:
    return Line(
        person_id=trace.invitee_id,
        by=trace.inviter_id,
        name=compose_display_name(trace.first_name, trace.last_name, trace.username),
        level=level,
        state=referrals.get(tx, trace.referral_id).state,
        is_this=is_this,
        more=more,
    )

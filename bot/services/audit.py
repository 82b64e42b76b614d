"""What is done in running the shop is written down, and can be read again."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from bot.core.roles import MANAGERS
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import audit, inspections, people
from storage.tables.audit import LAST, AuditRow
from storage.tables.inspections import Inspection
from storage.tx import Tx

PAGE_ACTS = 10


class Act(StrEnum):
    """What can be done; each has a sentence of its own."""

    ROLE = "role"
    """Somebody has another role: before, after."""
    INVITED = "invited"
    """A link into the team was made: the role."""
    CAMPAIGN_WRITTEN = "campaign_written"
    """A campaign promises something else: its version's number."""
    CAMPAIGN_STATE = "campaign_state"
    """A campaign stands otherwise."""
    CAMPAIGN_MAIN = "campaign_main"
    """Another campaign is the main one."""
    PROFILE = "profile"
    """The shop speaks of itself otherwise."""
    PLACE = "place"
    """A chat or the zone of the shop is another: which, before, after."""
    BROADCAST = "broadcast"
    """A message to all goes on, rests or ends."""
    HANDED_OUT = "handed_out"
    """Somebody was given at the counter what they had for points."""
    HANDED_BACK = "handed_back"
    """That was taken back at once."""
    GAVE = "gave"
    """Points were given by hand: why, and how many."""
    TOOK_BACK = "took_back"
    """Such points were taken back: how many."""
    LOOKED_UP = "looked_up"
    """Somebody was looked up by the team."""
    LET_IN = "let_in"
    """The first of a queue were let in: the campaign, how many."""
    LABELLED = "labelled"
    """A member was given a label: which."""
    UNLABELLED = "unlabelled"
    """It was taken away."""
    CODE_GIVEN = "code_given"
    """A member was given a code of their own: before, after."""
    GIFT_ARRIVED = "gift_arrived"
    """Somebody has said of a doubtful gift that it is there."""
    GIFT_AGAIN = "gift_again"
    """Somebody has had a doubtful gift sent once more."""
    COUPONS = "coupons"
    """A list of coupons was taken into a pool: its name, how many were new."""
    STRUCK = "struck"
    """Somebody was taken out of a contest: which, why."""
    REVIEWED = "reviewed"
    """Somebody of the team has decided about a friend who was looked at: how."""
    RELEASED = "released"
    """The results of a contest were told."""
    KEY_MADE = "key_made"
    """Another system may report what was bought: its key's name."""
    KEY_REVOKED = "key_revoked"
    """A key opens nothing any more: its name."""
    SOLD = "sold"
    """A purchase was typed in: the order's number, for how much."""
    UNSOLD = "unsold"
    """It was put aside again."""
    TIED = "tied"
    """An order is somebody's, by the team's word: its number."""
    ORDERS = "orders"
    """A list of orders was taken in: how many were new."""
    ASKED = "asked"
    """Members were asked to choose: what."""
    ANSWERED = "answered"
    """What comes of it was said: of what, what."""
    TESTIMONIAL = "testimonial"
    """What a member says was made a story, or not: how it stands."""
    DROP = "drop"
    """Coupons for whoever comes first: what they are called, how many."""
    DROP_ENDED = "drop_ended"
    """They are over: how many were taken."""
    IDEA = "idea"
    """An idea of a member has come farther: before, after."""
    WEBHOOK_ADDED = "webhook_added"
    """Another system is told what happens here: where, of what."""
    WEBHOOK_REMOVED = "webhook_removed"
    """It is not told any more."""


@frozen
class AuditLine:
    """An act as it is read."""

    id: int
    acted_at: int
    act: str
    actor: str
    """Empty for somebody without a name, or forgotten."""
    by_command: bool
    """A command on the server, or a file; nobody in the chat."""
    subject: str
    """To what or whom."""
    before: str
    after: str


@frozen
class AuditView:
    """A page of acts, the latest first."""

    member: MemberView
    lines: Sequence[AuditLine]
    has_more: bool
    is_first: bool
    """It begins with the latest of all."""
    inspection: Inspection | None
    """What came of the last look at the books; None where there was none yet."""


def view_audit(tx: Tx, *, visitor: Profile, before_id: int = 0) -> AuditView:
    """The latest acts; or those before one of them.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    lines = list_acts(tx, before_id=before_id or LAST, most=PAGE_ACTS + 1)
    return AuditView(
        member=view_member(tx, enter(tx, visitor)),
        lines=lines[:PAGE_ACTS],
        has_more=len(lines) > PAGE_ACTS,
        is_first=not before_id,
        inspection=inspections.find(tx),
    )


def list_acts(tx: Tx, *, before_id: int = LAST, most: int) -> list[AuditLine]:
    """Acts, the latest first."""
    rows = audit.list_before(tx, before_id, most=most)
    named = {each for row in rows for each in (row.actor_id, row.person_id) if each is not None}
    known = people.list_by_ids(tx, sorted(named))
    names = {person_id: compose_name(person.profile) for person_id, person in known.items()}
    return [_make_line(row, names) for row in rows]


def _make_line(row: AuditRow, names: dict[PersonId, str]) -> AuditLine:
    return AuditLine(
        id=row.id,
        acted_at=row.acted_at,
        act=row.act,
        actor="" if row.actor_id is None else names.get(row.actor_id, ""),
        by_command=row.actor_id is None,
        subject=row.subject if row.person_id is None else names.get(row.person_id, ""),
        before=row.before,
        after=row.after,
    )

"""Who would come by somebody they brought: nobody is credited for that, and that they tried is remembered."""

from __future__ import annotations

from storage.records import Person
from storage.review import MarkKind
from storage.tables import marks, people, referrals, reviews, shops
from storage.tx import Tx


def closes_ring(tx: Tx, inviter: Person, invitee: Person) -> bool:
    """Whether the inviter came by the friend, in however many steps.

    Whoever asks waits for all others who ask: two credits at once could each close what the other has open. A newcomer
    has brought nobody, and need not ask.
    """
    shops.lock(tx)
    if not referrals.comes_by(tx, inviter.id, invitee.id):
        return False
    note_ring(tx, inviter, invitee)
    return True


def note_ring(tx: Tx, inviter: Person, invitee: Person) -> None:
    """Remember that somebody wanted to have come by a member whom they had brought, in however many steps."""
    line = reviews.list_line(tx, inviter.id, upto=invitee.id)
    marks.note(tx, {inviter.id, invitee.id, *line}, MarkKind.PAIR if not line else MarkKind.RING)
    for each in {inviter.id, invitee.id, *line}:
        people.set_watched(tx, each)

"""When a friend was last reminded of what is missing: table `reminder`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, false, null, select, true

from storage.records import PersonId, ReferralId, Reminder
from storage.schema.referrals import referral, reminder
from storage.tx import Conflicting, Tx

_FIND = select(reminder.c.reminded_at, reminder.c.declined).where(reminder.c.referral_id == bindparam("referral_id"))
_NOTE = Conflicting(
    lambda insert: (
        insert(reminder)
        .values(referral_id=bindparam("referral_id"), reminded_at=bindparam("now"), declined=false())
        .on_conflict_do_update(index_elements=["referral_id"], set_={"reminded_at": bindparam("now")})
    )
)
_SET_DECLINED = Conflicting(
    lambda insert: (
        insert(reminder)
        .values(referral_id=bindparam("referral_id"), reminded_at=null(), declined=true())
        .on_conflict_do_update(index_elements=["referral_id"], set_={"declined": true()})
    )
)

_DELETE_OF = delete(reminder).where(
    reminder.c.referral_id.in_(select(referral.c.id).where(referral.c.invitee_id == bindparam("of")))
)


def find(tx: Tx, referral_id: ReferralId) -> Reminder | None:
    """Return how the friend of a referral was reminded; None for never."""
    row = tx.row(_FIND, referral_id=referral_id)
    return None if row is None else Reminder(reminded_at=row[0], declined=bool(row[1]))


def note(tx: Tx, referral_id: ReferralId) -> None:
    """Note that the friend is reminded now."""
    tx.run(_NOTE, referral_id=referral_id, now=tx.now)


def set_declined(tx: Tx, referral_id: ReferralId) -> None:
    """Note that the friend asked for no more reminders."""
    tx.run(_SET_DECLINED, referral_id=referral_id)


def delete_of(tx: Tx, invitee_id: PersonId) -> None:
    """Forget how a friend was reminded."""
    tx.run(_DELETE_OF, of=invitee_id)

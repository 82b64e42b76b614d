"""What members may be asked next, and when: table `asking`."""

from __future__ import annotations

from dataclasses import fields

from sqlalchemy import Column, Select, bindparam, delete, select

from storage.pulse import AskCause, Asking, PulseCause
from storage.records import PersonId
from storage.schema.pulse import asking
from storage.tx import Conflicting, Row, Tx

_NAMES = tuple(each.name for each in fields(Asking))
_FIND = select(*(asking.c[name] for name in _NAMES)).where(asking.c.person_id == bindparam("of"))
_SET = Conflicting(
    lambda insert: (
        insert(asking)
        .values({name: bindparam(name) for name in _NAMES})
        .on_conflict_do_update(
            index_elements=["person_id"], set_={name: bindparam(name) for name in _NAMES if name != "person_id"}
        )
    )
)
_DELETE_OF = delete(asking).where(asking.c.person_id == bindparam("of"))


def _due(column: Column[int]) -> Select[tuple[int]]:
    return select(asking.c.person_id).where(column <= bindparam("now")).order_by(column).limit(bindparam("limit"))


_LIST_DUE_PULSES = _due(asking.c.pulse_due_at)
_LIST_DUE_ASKS = _due(asking.c.ask_due_at)


def get(tx: Tx, person_id: PersonId) -> Asking:
    """Return how it stands with a person; nothing is to be asked where there is no row."""
    row = tx.row(_FIND, of=person_id)
    return Asking(person_id=person_id) if row is None else _to_asking(row)


def set_all(tx: Tx, now: Asking) -> None:
    """Write how it stands with a person, whom the caller has locked."""
    tx.run(_SET, **{name: getattr(now, name) for name in _NAMES})


def list_due_pulses(tx: Tx, *, limit: int) -> list[PersonId]:
    """Return who is to be asked how it was, those who have waited longest first."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_DUE_PULSES, now=tx.now, limit=limit)]


def list_due_asks(tx: Tx, *, limit: int) -> list[PersonId]:
    """Return to whom their card is to be offered, likewise."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_DUE_ASKS, now=tx.now, limit=limit)]


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what somebody was to be asked."""
    tx.run(_DELETE_OF, of=person_id)


def _to_asking(row: Row) -> Asking:
    person_id, pulse_due_at, pulse_cause, pulse_asked_at, pulse_off, answer, displeased_at, ask_due_at, ask_cause = row
    return Asking(
        person_id=PersonId(person_id),
        pulse_due_at=pulse_due_at,
        pulse_cause=PulseCause(pulse_cause) if pulse_cause else None,
        pulse_asked_at=pulse_asked_at,
        pulse_off=bool(pulse_off),
        answer=answer,
        displeased_at=displeased_at,
        ask_due_at=ask_due_at,
        ask_cause=AskCause(ask_cause) if ask_cause else None,
    )

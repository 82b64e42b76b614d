"""What members say of the shop, for all to read: table `testimonial`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, delete, func, literal_column, select, update

from storage.columns import pair_names
from storage.records import PersonId
from storage.schema.testimonials import testimonial
from storage.testimonial import Testimonial, TestimonialState
from storage.tx import Conflicting, Row, Tx

_SHOWN = ("person_id", "words", "name", "state", "headlines", "made_at")
_ROWS = select(*(testimonial.c[name] for name in _SHOWN))
_SET = Conflicting(
    lambda insert: (
        insert(testimonial)
        .values(
            person_id=bindparam("of"),
            words=bindparam("words"),
            name=bindparam("name"),
            state=TestimonialState.OFFERED,
            made_at=bindparam("now"),
            changed_at=bindparam("now"),
        )
        .on_conflict_do_update(
            index_elements=["person_id"],
            set_={
                "words": insert(testimonial).excluded.words,
                "name": insert(testimonial).excluded.name,
                "state": TestimonialState.OFFERED,
                "headlines": "{}",
                "made_at": insert(testimonial).excluded.made_at,
                "changed_at": insert(testimonial).excluded.changed_at,
            },
        )
    )
)
_FIND = _ROWS.where(testimonial.c.person_id == bindparam("of"))
_LIST_SHOWN = (
    _ROWS.where(testimonial.c.state == literal_column(f"'{TestimonialState.SHOWN}'"))
    .order_by(testimonial.c.changed_at, testimonial.c.person_id)
    .limit(bindparam("limit"))
)
_FIND_OFFERED = (
    _ROWS.where(testimonial.c.state == literal_column(f"'{TestimonialState.OFFERED}'"))
    .order_by(testimonial.c.changed_at, testimonial.c.person_id)
    .limit(1)
)
_COUNT_OFFERED = (
    select(func.count())
    .select_from(testimonial)
    .where(testimonial.c.state == literal_column(f"'{TestimonialState.OFFERED}'"))
)
_MOVE = (
    update(testimonial)
    .where(testimonial.c.person_id == bindparam("of"), testimonial.c.state == bindparam("was"))
    .values(state=bindparam("state"), headlines=bindparam("headlines"), changed_at=bindparam("now"))
)
_DELETE_OF = delete(testimonial).where(testimonial.c.person_id == bindparam("of"))


def set_words(tx: Tx, person_id: PersonId, *, words: str, name: str) -> None:
    """Offer somebody's words, in place of what they said before."""
    tx.run(_SET, of=person_id, words=words, name=name, now=tx.now)


def find(tx: Tx, person_id: PersonId) -> Testimonial | None:
    """Return what somebody says."""
    row = tx.row(_FIND, of=person_id)
    return None if row is None else _to_testimonial(row)


def find_offered(tx: Tx) -> Testimonial | None:
    """Return what has waited longest for whoever runs the shop."""
    row = tx.row(_FIND_OFFERED)
    return None if row is None else _to_testimonial(row)


def count_offered(tx: Tx) -> int:
    """Count what waits for whoever runs the shop."""
    return int(tx.scalar(_COUNT_OFFERED))


def list_shown(tx: Tx, *, limit: int) -> list[Testimonial]:
    """Return what is told as stories, in the order in which that began."""
    return [_to_testimonial(row) for row in tx.rows(_LIST_SHOWN, limit=limit)]


def set_state(
    tx: Tx,
    person_id: PersonId,
    state: TestimonialState,
    *,
    expected: TestimonialState,
    headlines: Mapping[str, str] | None = None,
) -> bool:
    """Move it on; False where it stands otherwise by now."""
    told = json.dumps(dict(headlines or {}))
    return tx.run(_MOVE, of=person_id, state=state, was=expected, headlines=told, now=tx.now) == 1


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Take it back."""
    tx.run(_DELETE_OF, of=person_id)


def _to_testimonial(row: Row) -> Testimonial:
    values = dict(pair_names(_SHOWN, row))
    return Testimonial(
        **values | {"state": TestimonialState(values["state"]), "headlines": json.loads(values["headlines"])}
    )

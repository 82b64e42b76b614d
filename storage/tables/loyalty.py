"""How many members are active, take part and come back: reads what they did in other tables."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, func, literal_column, or_, select

from storage.schema.conversions import sale
from storage.schema.ideas import idea, idea_support
from storage.schema.people import person
from storage.schema.polls import vote
from storage.schema.pulse import pulse
from storage.schema.redeeming import redemption
from storage.schema.testimonials import testimonial
from storage.tx import Tx

_ACTIVE = (person.c.started_at.is_not(None), person.c.seen_at >= bindparam("since"))
_COUNT_ACTIVE = select(func.count()).select_from(person).where(*_ACTIVE)
_BOUGHT = (
    select(func.count())
    .where(
        sale.c.person_id == person.c.id,
        sale.c.state.in_([literal_column(f"'{state}'") for state in ("noted", "counted", "reduced", "early")]),
    )
    .correlate(person)
    .scalar_subquery()
)
_HAD = (
    exists()
    .where(redemption.c.person_id == person.c.id, redemption.c.state == literal_column("'used'"))
    .correlate(person)
)
_COUNT_LOYAL = (
    select(func.count())
    .select_from(person)
    .where(
        *_ACTIVE,
        or_(person.c.seen_at - person.c.started_at >= bindparam("month"), literal_column("2") <= _BOUGHT, _HAD),
    )
)
_TOOK_PART = (
    *(exists().where(each.c.person_id == person.c.id) for each in (idea, idea_support, vote, testimonial)),
    exists().where(pulse.c.person_id == person.c.id, pulse.c.words != literal_column("''")),
)
_COUNT_TOOK_PART = (
    select(func.count()).select_from(person).where(*_ACTIVE, or_(*(each.correlate(person) for each in _TOOK_PART)))
)
_COUNT_IDEAS = select(func.count(), func.count(idea.c.answered_at)).where(
    idea.c.made_at.between(bindparam("since"), bindparam("until"))
)


def count_active(tx: Tx, *, since: int) -> int:
    """Count the members who were heard of since a moment."""
    return int(tx.scalar(_COUNT_ACTIVE, since=since))


def count_loyal(tx: Tx, *, since: int, month: int) -> int:
    """Count those of them who bought twice, had a reward in their hands, or are still there a month after their start."""
    return int(tx.scalar(_COUNT_LOYAL, since=since, month=month))


def count_took_part(tx: Tx, *, since: int) -> int:
    """Count those of them who had an idea, wanted another's, chose, let themselves be quoted, or said in words how it was."""
    return int(tx.scalar(_COUNT_TOOK_PART, since=since))


def count_ideas(tx: Tx, *, since: int, until: int) -> tuple[int, int]:
    """Count the ideas that came between two moments, and of how many the author has heard."""
    ((ideas, answered),) = tx.rows(_COUNT_IDEAS, since=since, until=until)
    return int(ideas), int(answered)

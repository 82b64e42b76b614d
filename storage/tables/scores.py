"""Who leads: `person.score`, and in table `score` how many people have each score."""

from __future__ import annotations

from sqlalchemy import bindparam, case, func, literal_column, select, update

from storage.errors import RowMissing
from storage.records import PersonId, RankLine
from storage.schema import person, profile, score
from storage.statements import Conflicting
from storage.texts import join_name
from storage.tx import Tx

_RAISE = (
    update(person)
    .where(person.c.id == bindparam("of"))
    .values(score=person.c.score + bindparam("by"))
    .returning(person.c.score)
)
_ENTER = Conflicting(
    lambda insert: (
        insert(score)
        .values(score=bindparam("score"), members=1)
        .on_conflict_do_update(index_elements=["score"], set_={"members": score.c.members + 1})
    )
)
_LEAVE = update(score).where(score.c.score == bindparam("of")).values(members=score.c.members - 1)
_SCORE = select(person.c.score).where(person.c.id == bindparam("person_id"))
_COUNT_ABOVE = select(func.coalesce(func.sum(score.c.members), 0)).where(score.c.score > bindparam("score"))
_LIST_TOP = (
    select(
        person.c.id,
        person.c.score,
        case((person.c.anonymous, ""), else_=profile.c.first_name),
        case((person.c.anonymous, ""), else_=profile.c.last_name),
    )
    .select_from(person)
    .outerjoin(profile)
    .where(person.c.score > literal_column("0"))  # written out, so that the partial index serves
    .order_by(person.c.score.desc(), person.c.id)
    .limit(bindparam("limit"))
)


def raise_score(tx: Tx, person_id: PersonId, by: int = 1) -> int:
    """Raise a person's score (or lower it, `by` < 0) and return the new one.

    Rows are locked in one order: the person, then the scores from low to high. The row of a common score is wanted by
    many at once: on PostgreSQL call this late in a unit.

    Raises:
        RowMissing: there is no such person.
    """
    new = tx.scalar(_RAISE, of=person_id, by=by)
    if new is None:
        raise RowMissing(f"There is no person {person_id}.")
    moves = [(new - by, False), (new, True)] if by else []
    for value, enters in sorted(moves):
        _count(tx, value, enters=enters)
    return int(new)


def lower_score(tx: Tx, person_id: PersonId, by: int = 1) -> int:
    """Lower a person's score and return the new one; see `raise_score`."""
    return raise_score(tx, person_id, -by)


def find_rank(tx: Tx, person_id: PersonId) -> int | None:
    """Return 1 + the people with a higher score; None for a score of zero. Equal scores share a rank."""
    own = tx.scalar(_SCORE, person_id=person_id)
    return 1 + int(tx.scalar(_COUNT_ABOVE, score=own)) if own else None


def list_top(tx: Tx, limit: int) -> list[RankLine]:
    """Return those with the highest scores, older people first among equals."""
    rows = tx.rows(_LIST_TOP, limit=limit)
    rank_of: dict[int, int] = {}
    for place, (_, points, *_) in enumerate(rows, start=1):
        rank_of.setdefault(points, place)
    return [
        RankLine(rank=rank_of[points], person_id=person_id, name=join_name(first, last), score=points)
        for person_id, points, first, last in rows
    ]


def _count(tx: Tx, value: int, *, enters: bool) -> None:
    if value == 0:
        return
    if enters:
        tx.run(_ENTER, score=value)
    else:
        tx.run(_LEAVE, of=value)

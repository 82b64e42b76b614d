"""Who leads: tables `board`, `standing` and `score`, which says how many people have each score on a board."""

from __future__ import annotations

from sqlalchemy import bindparam, case, func, insert, literal_column, select, update

from storage.errors import RowMissing
from storage.records import PersonId, RankLine
from storage.schema import SHOP_BOARD, board, person, profile, score, standing
from storage.texts import join_name
from storage.tx import Conflicting, Tx

_RAISE = (
    update(person)
    .where(person.c.id == bindparam("of"))
    .values(score=person.c.score + bindparam("by"))
    .returning(person.c.score)
)
_ADD_BOARD = (
    insert(board).values(campaign_id=bindparam("campaign_id"), period=bindparam("period")).returning(board.c.id)
)
_STAND = Conflicting(
    lambda insert: (
        insert(standing)
        .values(board_id=bindparam("board_id"), person_id=bindparam("person_id"), score=bindparam("by"))
        .on_conflict_do_update(
            index_elements=["board_id", "person_id"], set_={"score": standing.c.score + insert(standing).excluded.score}
        )
        .returning(standing.c.score)
    )
)
_LOWER = (
    update(standing)
    .where(standing.c.board_id == bindparam("on"), standing.c.person_id == bindparam("of"))
    .values(score=standing.c.score + bindparam("by"))
    .returning(standing.c.score)
)
_ENTER = Conflicting(
    lambda insert: (
        insert(score)
        .values(board_id=bindparam("board_id"), score=bindparam("score"), members=1)
        .on_conflict_do_update(index_elements=["board_id", "score"], set_={"members": score.c.members + 1})
    )
)
_LEAVE = (
    update(score)
    .where(score.c.board_id == bindparam("on"), score.c.score == bindparam("of"))
    .values(members=score.c.members - 1)
)
_SCORE = select(standing.c.score).where(
    standing.c.board_id == bindparam("board_id"), standing.c.person_id == bindparam("person_id")
)
_COUNT_ABOVE = select(func.coalesce(func.sum(score.c.members), 0)).where(
    score.c.board_id == bindparam("board_id"), score.c.score > bindparam("score")
)
_LIST_TOP = (
    select(
        standing.c.person_id,
        standing.c.score,
        case((person.c.anonymous, ""), else_=profile.c.first_name),
        case((person.c.anonymous, ""), else_=profile.c.last_name),
    )
    .select_from(standing.join(person).outerjoin(profile, profile.c.person_id == person.c.id))
    .where(
        standing.c.board_id == bindparam("board_id"),
        standing.c.score > literal_column("0"),  # written out, so that the partial index serves
    )
    .order_by(standing.c.score.desc(), standing.c.person_id)
    .limit(bindparam("limit"))
)


def raise_score(tx: Tx, person_id: PersonId, by: int = 1, *, board_id: int = SHOP_BOARD) -> int:
    """Raise a person's score (or lower it, `by` < 0) on a board and return the new one.

    On the shop's board it is the number of friends who count, kept with the person as well. Rows are locked in one
    order: the person, then the scores from low to high. The row of a common score is wanted by many at once: on
    PostgreSQL call this late in a unit.

    Raises:
        RowMissing: there is no such person.
    """
    if board_id == SHOP_BOARD and tx.scalar(_RAISE, of=person_id, by=by) is None:
        raise RowMissing(f"There is no person {person_id}.")
    if by >= 0:
        new = tx.scalar(_STAND, board_id=board_id, person_id=person_id, by=by)
    else:
        new = tx.scalar(_LOWER, on=board_id, of=person_id, by=by)
    if new is None:
        raise RowMissing(f"Person {person_id} is not on the board {board_id}.")
    moves = [(new - by, False), (new, True)] if by else []
    for value, enters in sorted(moves):
        _count(tx, board_id, value, enters=enters)
    return int(new)


def lower_score(tx: Tx, person_id: PersonId, by: int = 1, *, board_id: int = SHOP_BOARD) -> int:
    """Lower a person's score and return the new one; see `raise_score`."""
    return raise_score(tx, person_id, -by, board_id=board_id)


def find_rank(tx: Tx, person_id: PersonId, *, board_id: int = SHOP_BOARD) -> int | None:
    """Return 1 + the people with a higher score; None for a score of zero. Equal scores share a rank."""
    own = tx.scalar(_SCORE, board_id=board_id, person_id=person_id)
    return 1 + int(tx.scalar(_COUNT_ABOVE, board_id=board_id, score=own)) if own else None


def list_top(tx: Tx, limit: int, *, board_id: int = SHOP_BOARD) -> list[RankLine]:
    """Return those with the highest scores, older people first among equals."""
    rows = tx.rows(_LIST_TOP, board_id=board_id, limit=limit)
    rank_of: dict[int, int] = {}
    for place, (_, points, *_) in enumerate(rows, start=1):
        rank_of.setdefault(points, place)
    return [
        RankLine(rank=rank_of[points], person_id=person_id, name=join_name(first, last), score=points)
        for person_id, points, first, last in rows
    ]


def add_board(tx: Tx, *, campaign_id: int | None, period: str) -> int:
    """Make a ranking and return its id."""
    return int(tx.scalar(_ADD_BOARD, campaign_id=campaign_id, period=period))


def _count(tx: Tx, board_id: int, value: int, *, enters: bool) -> None:
    if value == 0:
        return
    if enters:
        tx.run(_ENTER, board_id=board_id, score=value)
    else:
        tx.run(_LEAVE, on=board_id, of=value)

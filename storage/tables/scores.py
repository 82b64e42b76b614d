"""Who leads: tables `board`, `standing`, and `score` with `score_band`, which say how many people have each score on a board."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import bindparam, case, delete, func, insert, literal_column, or_, select, update

from storage.errors import RowMissing
from storage.records import CampaignId, PersonId, RankLine, VersionId, join_name
from storage.schema.boards import SHOP_BOARD, board, score, score_band, standing
from storage.schema.campaigns import campaign_version
from storage.schema.honours import honour
from storage.schema.people import person, profile
from storage.schema.referrals import referral
from storage.schema.rewards import event
from storage.tx import Conflicting, Tx


class BoardRow(NamedTuple):
    """A ranking: friends count on it who qualify from its start on, before its end."""

    id: int
    campaign_id: CampaignId | None
    """None for all of them."""
    period: str
    """`all`, or its kind and its first day, `week:2026-11-23`."""
    starts_at: int
    ends_at: int


BOARD = tuple(board.c[name] for name in BoardRow._fields)
COVERS = (board.c.starts_at <= bindparam("at"), board.c.ends_at > bindparam("at"))
"""Of a ranking that lasts at a moment."""
_ITS_CAMPAIGN = (
    select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id")).scalar_subquery()
)
_LIST_COUNTING = (
    select(*BOARD)
    .where(*COVERS, or_(board.c.campaign_id.is_(None), board.c.campaign_id == _ITS_CAMPAIGN))
    .order_by(board.c.id)
)
_LAST_COUNTED = (
    select(func.max(event.c.happened_at))
    .select_from(
        referral.join(event, event.c.referral_id == referral.c.id)
        .join(campaign_version, campaign_version.c.id == referral.c.campaign_version_id)
        .join(board, board.c.id == standing.c.board_id)
    )
    .where(
        referral.c.inviter_id == standing.c.person_id,
        referral.c.state == literal_column("'qualified'"),
        event.c.kind == literal_column("'qualified'"),
        event.c.happened_at >= board.c.starts_at,
        event.c.happened_at < board.c.ends_at,
        or_(board.c.campaign_id.is_(None), board.c.campaign_id == campaign_version.c.campaign_id),
    )
    .correlate(standing)
    .scalar_subquery()
)
"""When the last friend came of those who still count on the board."""
_RAISE = (
    update(person)
    .where(person.c.id == bindparam("of"))
    .values(score=person.c.score + bindparam("by"))
    .returning(person.c.score)
)
_LOWER = (
    update(standing)
    .where(
        standing.c.person_id == bindparam("of"),
        standing.c.board_id.in_(bindparam("boards", expanding=True)),
    )
    .values(score=standing.c.score - bindparam("by"), reached_at=func.coalesce(_LAST_COUNTED, literal_column("0")))
    .returning(standing.c.board_id, standing.c.score)
)

_FILL = insert(standing).from_select(
    ["board_id", "person_id", "score", "reached_at"],
    select(board.c.id, referral.c.inviter_id, func.count(), func.max(event.c.happened_at))
    .select_from(
        event.join(referral, referral.c.id == event.c.referral_id)
        .join(campaign_version, campaign_version.c.id == referral.c.campaign_version_id)
        .join(
            board,
            or_(board.c.campaign_id.is_(None), board.c.campaign_id == campaign_version.c.campaign_id),
        )
    )
    .where(
        board.c.id == bindparam("on"),
        referral.c.state == literal_column("'qualified'"),
        event.c.kind == literal_column("'qualified'"),
        event.c.happened_at >= board.c.starts_at,
        event.c.happened_at < board.c.ends_at,
    )
    .group_by(board.c.id, referral.c.inviter_id),
)
_EMPTY = delete(standing).where(standing.c.board_id == bindparam("on"))
_EMPTY_COUNTS = delete(score).where(score.c.board_id == bindparam("on"))
_FILL_COUNTS = insert(score).from_select(
    ["board_id", "score", "members"],
    select(standing.c.board_id, standing.c.score, func.count())
    .where(standing.c.board_id == bindparam("on"))
    .group_by(standing.c.board_id, standing.c.score),
)


@cache
def _stand(boards: int) -> Conflicting:
    """Raise somebody's score on so many boards."""
    return Conflicting(
        lambda insert: (
            insert(standing)
            .values(
                [
                    {
                        "board_id": bindparam(f"board_{at}"),
                        "person_id": bindparam("person_id"),
                        "score": bindparam("by"),
                        "reached_at": bindparam("at"),
                    }
                    for at in range(boards)
                ]
            )
            .on_conflict_do_update(
                index_elements=["board_id", "person_id"],
                set_={
                    "score": standing.c.score + insert(standing).excluded.score,
                    "reached_at": insert(standing).excluded.reached_at,
                },
            )
            .returning(standing.c.board_id, standing.c.score)
        )
    )


@cache
def _count(rows: int) -> Conflicting:
    """Move people in and out of so many scores: 1 comes in, 0 goes out, where somebody is."""
    return Conflicting(
        lambda insert: (
            insert(score)
            .values(
                [
                    {
                        "board_id": bindparam(f"board_{at}"),
                        "score": bindparam(f"score_{at}"),
                        "members": bindparam(f"enters_{at}"),
                    }
                    for at in range(rows)
                ]
            )
            .on_conflict_do_update(
                index_elements=["board_id", "score"],
                set_={
                    "members": score.c.members
                    + case(
                        (insert(score).excluded.members == literal_column("0"), literal_column("-1")),
                        else_=literal_column("1"),
                    )
                },
            )
        )
    )


_SCORE = select(standing.c.score).where(
    standing.c.board_id == bindparam("board_id"), standing.c.person_id == bindparam("person_id")
)
_COUNT_ABOVE = select(
    select(func.coalesce(func.sum(score.c.members), literal_column("0")))
    .where(
        score.c.board_id == bindparam("board_id"),
        score.c.score > bindparam("score"),
        score.c.score < bindparam("next_band_begins"),
    )
    .scalar_subquery()
    + select(func.coalesce(func.sum(score_band.c.members), literal_column("0")))
    .where(score_band.c.board_id == bindparam("board_id"), score_band.c.band > bindparam("band"))
    .scalar_subquery()
)
"""Whoever has more within the same band, and everybody in those above."""
_BANDS = 32
"""So many bands of a width there are, and so many times wider are those that come then; the triggers of migration 63 count by the same."""
_WIDTHS = (32, 32 * _BANDS, 32 * _BANDS**2)
_LIST_TOP = (
    select(
        standing.c.person_id,
        standing.c.score,
        case((person.c.anonymous, ""), else_=profile.c.first_name),
        case((person.c.anonymous, ""), else_=profile.c.last_name),
        func.coalesce(honour.c.tier, literal_column("''")),
    )
    .select_from(
        standing.join(person)
        .outerjoin(profile, profile.c.person_id == person.c.id)
        .outerjoin(honour, honour.c.person_id == person.c.id)
    )
    .where(
        standing.c.board_id == bindparam("board_id"),
        standing.c.score > literal_column("0"),  # written out, so that the partial index serves
    )
    .order_by(standing.c.score.desc(), standing.c.reached_at, standing.c.person_id)
    .limit(bindparam("limit"))
)


def list_counting(tx: Tx, version_id: VersionId, at: int) -> list[BoardRow]:
    """Return the rankings on which a friend counts who came under a version and qualified at a moment, the shop's first."""
    rows = tx.rows(_LIST_COUNTING, version_id=version_id, at=at)
    return [BoardRow(*row) for row in rows]


def raise_score(tx: Tx, person_id: PersonId, by: int = 1, *, on: Sequence[int] = (SHOP_BOARD,)) -> int:
    """Raise a person's score on some boards, and return the new one on the first of them.

    On the shop's board it is the number of friends who count, kept with the person as well. Rows are locked in one
    order: the person, then boards and their scores from low to high. The row of a common score is wanted by many at
    once: on PostgreSQL call this late in a unit.

    Raises:
        RowMissing: there is no such person.
    """
    if SHOP_BOARD in on and tx.scalar(_RAISE, of=person_id, by=by) is None:
        raise RowMissing(f"There is no person {person_id}.")
    boards = {f"board_{at}": board_id for at, board_id in enumerate(sorted(on))}
    rows = tx.rows(_stand(len(boards)), person_id=person_id, by=by, at=tx.now, **boards)
    return _recount(tx, dict(rows), by, on)


def lower_score(tx: Tx, person_id: PersonId, by: int = 1, *, on: Sequence[int] = (SHOP_BOARD,)) -> int:
    """Lower a person's score, likewise; on which of the boards they do not stand, nothing changes.

    Raises:
        RowMissing: there is no such person, or not on the first board.
    """
    if SHOP_BOARD in on and tx.scalar(_RAISE, of=person_id, by=-by) is None:
        raise RowMissing(f"There is no person {person_id}.")
    rows = tx.rows(_LOWER, of=person_id, by=by, boards=list(on))
    return _recount(tx, dict(rows), -by, on)


def _recount(tx: Tx, stands: dict[int, int], by: int, on: Sequence[int]) -> int:
    """Count who has which score, and return the new one on the first board."""
    if on[0] not in stands:
        raise RowMissing(f"Nobody stands on the board {on[0]} there.")
    moves = sorted(
        (board_id, value, enters)
        for board_id, new in stands.items()
        for value, enters in ((new - by, 0), (new, 1))
        if value > 0 and by
    )
    if moves:
        values = {
            f"{name}_{at}": value
            for at, move in enumerate(moves)
            for name, value in zip(("board", "score", "enters"), move, strict=True)
        }
        tx.run(_count(len(moves)), **values)
    return stands[on[0]]


def find_score(tx: Tx, person_id: PersonId, *, board_id: int = SHOP_BOARD) -> int:
    """Return a person's score; 0 for one who is not on the board."""
    return int(tx.scalar(_SCORE, board_id=board_id, person_id=person_id) or 0)


def count_above(tx: Tx, value: int, *, board_id: int = SHOP_BOARD) -> int:
    """Count the people with a higher score than this."""
    band, next_begins = find_band(value)
    return int(tx.scalar(_COUNT_ABOVE, board_id=board_id, score=value, band=band, next_band_begins=next_begins))


def find_band(value: int) -> tuple[int, int]:
    """Return the number of the band that a score lies in, and the score with which the next one begins."""
    level = next((level for level, width in enumerate(_WIDTHS) if value < width * _BANDS), len(_WIDTHS) - 1)
    number = value // _WIDTHS[level]
    return _BANDS * level + number, (number + 1) * _WIDTHS[level]


def wait_for_friends(tx: Tx) -> None:
    """Wait for all who are coming to count, or to count no longer, and let nobody else until this transaction ends.

    To be asked before rankings are made or last otherwise: what happens is written before it is counted on those there are.
    """
    tx.wait_for_writers(event.name)


def fill_board(tx: Tx, board_id: int) -> None:
    """Count anew on a board the friends who qualified within its span: one that is new, or lasts otherwise than it did."""
    tx.run(_EMPTY, on=board_id)
    tx.run(_EMPTY_COUNTS, on=board_id)
    tx.run(_FILL, on=board_id)
    tx.run(_FILL_COUNTS, on=board_id)


def find_rank(tx: Tx, person_id: PersonId, *, board_id: int = SHOP_BOARD) -> int | None:
    """Return 1 + the people with a higher score; None for a score of zero. Equal scores share a rank."""
    own = find_score(tx, person_id, board_id=board_id)
    return 1 + count_above(tx, own, board_id=board_id) if own else None


def list_top(tx: Tx, limit: int, *, board_id: int = SHOP_BOARD) -> list[RankLine]:
    """Return those with the highest scores, among equals who got there first."""
    rows = tx.rows(_LIST_TOP, board_id=board_id, limit=limit)
    rank_of: dict[int, int] = {}
    for place, (_, points, *_) in enumerate(rows, start=1):
        rank_of.setdefault(points, place)
    return [
        RankLine(rank=rank_of[points], person_id=person_id, name=join_name(first, last), score=points, tier=tier)
        for person_id, points, first, last, tier in rows
    ]

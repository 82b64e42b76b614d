"""How far people come, kept by the database: table `funnel`, and how long a cycle takes: table `tally`."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, literal_column, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from storage.columns import pair_names
from storage.schema.boards import SHOP_BOARD, board, score
from storage.schema.campaigns import campaign
from storage.schema.funnel import COUNTED_EVER, EVER, EVER_DAY, FOLDED, FUNNEL_COUNTS, FUNNEL_KEY, funnel
from storage.tables import tallies
from storage.tx import Conflicting, Tx

_NOTHING: ColumnElement[int] = literal_column("0")


class FunnelRow(NamedTuple):
    """What was counted, each as docs/metrics.md says."""

    members: int = 0
    blocked: int = 0
    reached: int = 0
    shared: int = 0
    prepared: int = 0
    sent: int = 0
    clicks: int = 0
    clicked: int = 0
    started: int = 0
    qualified: int = 0
    purchased: int = 0
    redeemed: int = 0


class Cut(StrEnum):
    """By what the funnel is cut."""

    CAMPAIGN = "campaign"
    SOURCE = "source"
    STORY = "story"
    LANGUAGE = "language"
    WEEK = "week"


WEEKS_BEGIN = 3
"""1 January 1970 was a Thursday: weeks begin on Mondays."""

_SUMS = [func.coalesce(func.sum(funnel.c[name]), _NOTHING) for name in FUNNEL_COUNTS]
_SINCE = (funnel.c.day >= bindparam("since"), funnel.c.day < bindparam("before"))
_SUM = select(*_SUMS).where(*_SINCE)
_SUM_EVER = select(*_SUMS).where(COUNTED_EVER)
_WEEK = (funnel.c.day + literal_column(str(WEEKS_BEGIN))) // literal_column("7")


_SLUG = select(campaign.c.slug).where(campaign.c.id == funnel.c.campaign_id).scalar_subquery()
_CUTS: dict[Cut, Select[Any]] = {
    Cut.CAMPAIGN: select(_SLUG, *_SUMS).group_by(funnel.c.campaign_id),
    Cut.SOURCE: select(funnel.c.source, *_SUMS).group_by(funnel.c.source),
    Cut.STORY: select(funnel.c.story, *_SUMS).group_by(funnel.c.story),
    Cut.LANGUAGE: select(funnel.c.language, *_SUMS).group_by(funnel.c.language),
    Cut.WEEK: select(func.min(funnel.c.day), *_SUMS).group_by(_WEEK),
}
_BY = {cut: statement.where(*_SINCE) for cut, statement in _CUTS.items()}
_BY_EVER = {cut: statement.where(COUNTED_EVER) for cut, statement in _CUTS.items() if cut is not Cut.WEEK}

_KEY = [funnel.c[name] for name in FUNNEL_KEY]
_TAKE_OVER = (
    delete(funnel)
    .where(
        tuple_(*_KEY).in_(
            select(*_KEY)
            .where(funnel.c.shard < literal_column(str(EVER)), COUNTED_EVER, funnel.c.day < bindparam("before"))
            .limit(bindparam("limit"))
        )
    )
    .returning(*funnel.c)
)
_ADD = Conflicting(
    lambda insert: (
        insert(funnel)
        .values({column.name: bindparam(column.name) for column in funnel.c})
        .on_conflict_do_update(
            index_elements=list(FUNNEL_KEY), set_={name: funnel.c[name] + bindparam(name) for name in FUNNEL_COUNTS}
        )
        .returning(funnel.c.day)
    )
)
_SUM_SCORES = (
    select(
        func.coalesce(func.sum(score.c.members * score.c.score), _NOTHING),
        func.coalesce(func.sum(score.c.members * score.c.score * score.c.score), _NOTHING),
    )
    .select_from(score.join(board, board.c.id == score.c.board_id))
    .where(score.c.board_id == literal_column(str(SHOP_BOARD)))
)

_STEPS = ((48, 1), (28 * 24, 24), (364 * 24, 7 * 24))
_LONGEST_STEP = 28 * 24
"""Hours: the longer a cycle, the less a day more says."""

_EVER = 2**40
"""No day is so late."""


def sum_all(tx: Tx, *, since: int = 0, before: int = _EVER) -> FunnelRow:
    """Return what was counted on the days from `since` on, before `before`; days are since 1970, UTC."""
    row = tx.row(_SUM, since=since, before=before) if since or before != _EVER else tx.row(_SUM_EVER)
    assert row is not None
    return FunnelRow(*map(int, row))


def sum_days(tx: Tx) -> FunnelRow:
    """Return the sum of all days, which is to be what was ever counted."""
    row = tx.row(_SUM, since=0, before=_EVER)
    assert row is not None
    return FunnelRow(*map(int, row))


def list_by(tx: Tx, cut: Cut, *, since: int = 0, before: int = _EVER) -> dict[str, FunnelRow]:
    """Return it cut by one thing: a campaign's short name, a source or way, a story's key, a language; "" where it is not known.

    By week, the key is the number of the Monday's day, as text.
    """
    if cut in _BY_EVER and not since and before == _EVER:
        rows = tx.rows(_BY_EVER[cut])
    else:
        rows = tx.rows(_BY[cut], since=since, before=before)
    if cut is Cut.WEEK:
        rows = [(str(_find_monday(int(day))), *counts) for day, *counts in rows]
    found = {str(key or ""): FunnelRow(*map(int, counts)) for key, *counts in rows}
    return {key: row for key, row in found.items() if any(row)}


def fold(tx: Tx, *, before: int, limit: int) -> int:
    """Make one row of a day's shards, of days before one that are over, and add it to what was ever counted; how many rows went.

    What is counted for such a day later, as a friend's purchase is, lies in a shard until the next time.
    """
    taken = tx.rows(_TAKE_OVER, before=before, limit=limit)
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in taken:
        day, *kind, _shard = row[: len(FUNNEL_KEY)]
        for name, count in zip(FUNNEL_COUNTS, row[len(FUNNEL_KEY) :], strict=True):
            sums[day, *kind, FOLDED, name] += count
            sums[EVER_DAY, *kind, EVER, name] += count
    keys = sorted({key[:-1] for key in sums})
    values = [
        {**dict(pair_names(FUNNEL_KEY, key)), **{name: sums[*key, name] for name in FUNNEL_COUNTS}} for key in keys
    ]
    tx.row_each(_ADD, values)
    return len(taken)


def _find_monday(day: int) -> int:
    return day - (day + WEEKS_BEGIN) % 7


def list_cycles(tx: Tx) -> Counter[int]:
    """Return how many friends came so many hours after their inviter's start.

    From two days on hours are of whole days, from four weeks on of weeks, and from a year on of four weeks.
    """
    found: Counter[int] = Counter()
    for key, count in tallies.read(tx, "cycle").items():
        found[_to_step(key)] += count
    return found


def fold_cycles(tx: Tx, limit: int) -> int:
    """Put together what is counted in shards and by days that say no more than weeks do; how many rows went."""
    return tallies.fold(tx, "cycle", lambda key: f"{_to_step(key)}:{FOLDED}", kept=f"%:{FOLDED}", limit=limit)


def _to_step(key: str) -> int:
    hours = int(key.partition(":")[0])
    step = next((step for upto, step in _STEPS if hours < upto), _LONGEST_STEP)
    return hours - hours % step


def sum_scores(tx: Tx) -> tuple[int, int]:
    """Return how many friends count, and the sum of squares over the members whose friends they are."""
    row = tx.row(_SUM_SCORES)
    assert row is not None
    return int(row[0]), int(row[1])

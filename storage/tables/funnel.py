"""How far people come, kept by the database: table `funnel`, and how long a cycle takes: table `tally`."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, literal_column, select
from sqlalchemy.sql.elements import ColumnElement

from storage.schema import FUNNEL_COUNTS, SHOP_BOARD, board, campaign, funnel, score
from storage.tables import tallies
from storage.tx import Tx

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
_WEEK = (funnel.c.day + literal_column(str(WEEKS_BEGIN))) // literal_column("7")


def _cut(column: ColumnElement[Any]) -> Select[Any]:
    return select(column, *_SUMS).where(*_SINCE).group_by(column)


_BY_CAMPAIGN = (
    select(select(campaign.c.slug).where(campaign.c.id == funnel.c.campaign_id).scalar_subquery(), *_SUMS)
    .where(*_SINCE)
    .group_by(funnel.c.campaign_id)
)
_BY_SOURCE = _cut(funnel.c.source)
_BY_STORY = _cut(funnel.c.story)
_BY_LANGUAGE = _cut(funnel.c.language)
_BY_WEEK = select(func.min(funnel.c.day), *_SUMS).where(*_SINCE).group_by(_WEEK)
_CUTS = {
    Cut.CAMPAIGN: _BY_CAMPAIGN,
    Cut.SOURCE: _BY_SOURCE,
    Cut.STORY: _BY_STORY,
    Cut.LANGUAGE: _BY_LANGUAGE,
    Cut.WEEK: _BY_WEEK,
}
_SUM_SCORES = (
    select(
        func.coalesce(func.sum(score.c.members * score.c.score), _NOTHING),
        func.coalesce(func.sum(score.c.members * score.c.score * score.c.score), _NOTHING),
    )
    .select_from(score.join(board, board.c.id == score.c.board_id))
    .where(score.c.board_id == literal_column(str(SHOP_BOARD)))
)

_EVER = 2**40
"""No day is so late."""


def sum_all(tx: Tx, *, since: int = 0, before: int = _EVER) -> FunnelRow:
    """Return what was counted on the days from `since` on, before `before`; days are since 1970, UTC."""
    row = tx.row(_SUM, since=since, before=before)
    assert row is not None
    return FunnelRow(*map(int, row))


def list_by(tx: Tx, cut: Cut, *, since: int = 0, before: int = _EVER) -> dict[str, FunnelRow]:
    """Return it cut by one thing: a campaign's short name, a source or way, a story's key, a language; "" where it is not known.

    By week, the key is the number of the Monday's day, as text.
    """
    rows = tx.rows(_CUTS[cut], since=since, before=before)
    if cut is Cut.WEEK:
        rows = [(str(_find_monday(int(day))), *counts) for day, *counts in rows]
    found = {str(key or ""): FunnelRow(*map(int, counts)) for key, *counts in rows}
    return {key: row for key, row in found.items() if any(row)}


def _find_monday(day: int) -> int:
    return day - (day + WEEKS_BEGIN) % 7


def list_cycles(tx: Tx) -> Counter[int]:
    """Return how many friends came so many hours after their inviter's start; from two days on hours are of whole days."""
    found: Counter[int] = Counter()
    for key, count in tallies.read(tx, "cycle").items():
        found[int(key.partition(":")[0])] += count
    return found


def sum_scores(tx: Tx) -> tuple[int, int]:
    """Return how many friends count, and the sum of squares over the members whose friends they are."""
    row = tx.row(_SUM_SCORES)
    assert row is not None
    return int(row[0]), int(row[1])

"""Which rankings there are: table `board`. Who stands where on them is written by `scores`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, or_, select

from storage.records import CampaignId, VersionId
from storage.schema import board, campaign_version, score, standing
from storage.tx import Conflicting, Tx

_SHOWN = (board.c.id, board.c.campaign_id, board.c.period, board.c.starts_at, board.c.ends_at)
_COVERS = (board.c.starts_at <= bindparam("at"), board.c.ends_at > bindparam("at"))
_ITS_CAMPAIGN = (
    select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id")).scalar_subquery()
)
_LIST_COUNTING = (
    select(*_SHOWN)
    .where(*_COVERS, or_(board.c.campaign_id.is_(None), board.c.campaign_id == _ITS_CAMPAIGN))
    .order_by(board.c.id)
)
_LIST_OPEN = (
    select(*_SHOWN)
    .where(*_COVERS, or_(board.c.campaign_id.is_(None), board.c.campaign_id == bindparam("campaign_id")))
    .order_by(board.c.id)
)
_ADDED = ("campaign_id", "period", "starts_at", "ends_at")
_ADD = Conflicting(
    lambda insert: insert(board).values({name: bindparam(name) for name in _ADDED}).on_conflict_do_nothing()
)
_CAMPAIGN_OF = select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id"))
_FIND_END = select(func.max(board.c.ends_at)).where(
    board.c.campaign_id.is_(None), board.c.period.like(bindparam("kinds"))
)
_OVER = (
    select(board.c.id)
    .where(
        board.c.campaign_id.is_(None),
        or_(board.c.period.like("week:%"), board.c.period.like("month:%")),
        board.c.ends_at < bindparam("before"),
    )
    .order_by(board.c.id)
    .limit(1)
)
_DELETE_STANDINGS = delete(standing).where(
    standing.c.board_id == bindparam("on"),
    standing.c.person_id.in_(
        select(standing.c.person_id).where(standing.c.board_id == bindparam("on")).limit(bindparam("limit"))
    ),
)
_DELETE_SCORES = delete(score).where(score.c.board_id == bindparam("on"))
_DELETE = delete(board).where(board.c.id == bindparam("on"))

FOREVER = 2**62
"""When a ranking ends that does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A ranking: friends count on it who qualify from its start on, before its end."""

    id: int
    campaign_id: CampaignId | None
    """None for all of them."""
    period: str
    """`all`, or its kind and its first day, `week:2026-11-23`."""
    starts_at: int
    ends_at: int

    @property
    def kind(self) -> str:
        """The word before the day."""
        return self.period.partition(":")[0]


def list_counting(tx: Tx, version_id: VersionId, at: int) -> list[BoardRow]:
    """Return the rankings on which a friend counts who came under a version and qualified at a moment, the shop's first."""
    return [_to_board(row) for row in tx.rows(_LIST_COUNTING, version_id=version_id, at=at)]


def list_open(tx: Tx, campaign_id: CampaignId, at: int) -> list[BoardRow]:
    """Return the rankings of the shop and of a campaign at a moment, the shop's first."""
    return [_to_board(row) for row in tx.rows(_LIST_OPEN, campaign_id=campaign_id, at=at)]


def add(tx: Tx, *, campaign_id: CampaignId | None, period: str, starts_at: int = 0, ends_at: int = FOREVER) -> None:
    """Make a ranking; nothing where there is one of this campaign and period."""
    tx.run(_ADD, campaign_id=campaign_id, period=period, starts_at=starts_at, ends_at=ends_at)


def get_campaign_id(tx: Tx, version_id: VersionId) -> CampaignId:
    """Return the campaign that a version belongs to."""
    return CampaignId(tx.scalar(_CAMPAIGN_OF, version_id=version_id))


def find_end(tx: Tx, kind: str) -> int:
    """Return when the last ranking of a kind ends; 0 where there was none."""
    return int(tx.scalar(_FIND_END, kinds=f"{kind}:%") or 0)


def delete_over(tx: Tx, *, before: int, limit: int) -> int:
    """Forget a week or month that ended before a moment, page by page, and return how many rows went; 0 for no more."""
    board_id = tx.scalar(_OVER, before=before)
    if board_id is None:
        return 0
    went = tx.run(_DELETE_STANDINGS, on=board_id, limit=limit)
    if went:
        return went
    tx.run(_DELETE_SCORES, on=board_id)
    return tx.run(_DELETE, on=board_id)


def _to_board(row: tuple[int, int | None, str, int, int]) -> BoardRow:
    board_id, campaign_id, period, starts_at, ends_at = row
    return BoardRow(
        id=board_id,
        campaign_id=None if campaign_id is None else CampaignId(campaign_id),
        period=period,
        starts_at=starts_at,
        ends_at=ends_at,
    )

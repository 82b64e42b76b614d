"""Which rankings there are: table `board`. Who stands where on them is written by `scores`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, or_, select

from storage.records import CampaignId, VersionId
from storage.schema.boards import board, score, score_band, standing
from storage.schema.campaigns import campaign_version
from storage.tables.scores import BOARD, COVERS, BoardRow
from storage.tx import Conflicting, Tx

_LIST_OPEN = (
    select(*BOARD)
    .where(*COVERS, or_(board.c.campaign_id.is_(None), board.c.campaign_id == bindparam("campaign_id")))
    .order_by(board.c.id)
)
_ADDED = ("campaign_id", "period", "starts_at", "ends_at")
_ADD = Conflicting(
    lambda insert: insert(board).values({name: bindparam(name) for name in _ADDED}).on_conflict_do_nothing()
)
_CAMPAIGN_OF = select(campaign_version.c.campaign_id).where(campaign_version.c.id == bindparam("version_id"))
_FIND_END = select(func.max(board.c.ends_at)).where(
    board.c.campaign_id.is_(None),
    board.c.period.like(bindparam("kinds")),
    board.c.ends_at <= bindparam("by"),
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
_DELETE_BANDS = delete(score_band).where(score_band.c.board_id == bindparam("on"))
_DELETE = delete(board).where(board.c.id == bindparam("on"))

FOREVER = 2**62
"""When a ranking ends that does not."""


def list_open(tx: Tx, campaign_id: CampaignId, at: int) -> list[BoardRow]:
    """Return the rankings of the shop and of a campaign at a moment, the shop's first."""
    rows = tx.rows(_LIST_OPEN, campaign_id=campaign_id, at=at)
    return [BoardRow(*row) for row in rows]


def add(tx: Tx, *, campaign_id: CampaignId | None, period: str, starts_at: int = 0, ends_at: int = FOREVER) -> None:
    """Make a ranking; nothing where there is one of this campaign and period."""
    tx.run(_ADD, campaign_id=campaign_id, period=period, starts_at=starts_at, ends_at=ends_at)


def get_campaign_id(tx: Tx, version_id: VersionId) -> CampaignId:
    """Return the campaign that a version belongs to."""
    return CampaignId(tx.scalar(_CAMPAIGN_OF, version_id=version_id))


def find_end(tx: Tx, kind: str, by: int) -> int:
    """Return when the last ranking of a kind ended that was over by a moment; 0 where there was none."""
    return int(tx.scalar(_FIND_END, kinds=f"{kind}:%", by=by) or 0)


def delete_over(tx: Tx, *, before: int, limit: int) -> int:
    """Forget a week or month that ended before a moment, page by page, and return how many rows went; 0 for no more."""
    board_id = tx.scalar(_OVER, before=before)
    if board_id is None:
        return 0
    went = tx.run(_DELETE_STANDINGS, on=board_id, limit=limit)
    if went:
        return went
    tx.run(_DELETE_SCORES, on=board_id)
    tx.run(_DELETE_BANDS, on=board_id)
    return tx.run(_DELETE, on=board_id)

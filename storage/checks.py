"""Whether a store is sound: for `passalong doctor` and for tests that kill processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, case, func, select

from storage.books import list_money_faults
from storage.errors import StoreDamaged
from storage.records import ReferralState
from storage.schema.boards import SHOP_BOARD, score, score_band, standing
from storage.schema.campaigns import campaign_version
from storage.schema.people import person
from storage.schema.redeeming import redemption, stock
from storage.schema.referrals import referral
from storage.store import Store
from storage.tables import due_jobs, funnel, inviter_sums, ledgers, liability, scores, waitlists
from storage.tables.due_jobs import DueJob
from storage.tx import Tx

PROBE = "probe"
"""No job: a row that is written to see whether rows can be."""

_HELD = (
    select(standing.c.board_id, standing.c.score, func.count())
    .where(standing.c.score > 0)
    .group_by(standing.c.board_id, standing.c.score)
)
_KEPT = select(score.c.board_id, score.c.score, score.c.members).where(score.c.members > 0)
_KEPT_BANDS = select(score_band.c.board_id, score_band.c.band, score_band.c.members).where(score_band.c.members > 0)
_ON_SHOPS_BOARD = and_(standing.c.person_id == person.c.id, standing.c.board_id == SHOP_BOARD)
_APART = (
    select(func.count())
    .select_from(person.outerjoin(standing, _ON_SHOPS_BOARD))
    .where(person.c.score != func.coalesce(standing.c.score, 0))
)

_HAD = (
    select(campaign_version.c.campaign_id, redemption.c.item, func.count())
    .select_from(redemption.join(campaign_version, campaign_version.c.id == redemption.c.campaign_version_id))
    .where(redemption.c.state.not_in(["declined", "expired", "returned"]), redemption.c.price > 0)
    .group_by(campaign_version.c.campaign_id, redemption.c.item)
)
_TAKEN = select(stock.c.campaign_id, stock.c.item, stock.c.taken).where(stock.c.taken > 0)


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_MEMBERS = select(func.count(), _count_if(person.c.blocked_at.is_not(None))).where(person.c.started_at.is_not(None))
_FRIENDS = select(
    func.count(),
    _count_if(referral.c.state == ReferralState.QUALIFIED),
    _count_if(referral.c.purchases > 0),
    _count_if(referral.c.redemptions > 0),
).select_from(referral)


async def list_faults(store: Store) -> list[str]:
    """Check the whole database and return its faults in words; reads everything."""
    return await store.read(find_faults)


def check_quickly(tx: Tx, limit_seconds: float) -> None:
    """Let the engine look its files over, as far as it comes in that time.

    Raises:
        StoreDamaged: they are broken.
    """
    faults = tx.list_corruption_quickly(limit_seconds)
    if faults:
        raise StoreDamaged(f"The database is broken: {faults[0]}. Stop the bot and restore the latest backup.")


def probe_writing(tx: Tx) -> None:
    """Write something that the disk has to take: what only looks like a working database refuses it."""
    due_jobs.set_due(tx, DueJob(name=PROBE, due_at=tx.now))


def find_faults(tx: Tx) -> list[str]:
    """Return the faults of the database in words: files, foreign keys, balances, counters, what was had for points."""
    return [
        *tx.list_corruption(),
        *_list_imbalance(tx),
        *list_money_faults(tx),
        *_list_wrong_scores(tx),
        *_list_wrong_sums(tx),
        *_list_wrong_stock(tx),
        *(f"the queue of campaign {number} is not as long as is counted" for number in waitlists.list_apart(tx)),
        *_list_wrong_liability(tx),
        *_list_wrong_funnel(tx),
    ]


def _list_imbalance(tx: Tx) -> list[str]:
    imbalance = ledgers.compute_imbalance(tx)
    return [f"balances miss the ledger by {imbalance} points"] if imbalance else []


def _list_wrong_liability(tx: Tx) -> list[str]:
    kept, summed = liability.get(tx), liability.fold(tx)
    return [] if kept == summed else [f"what is owed is kept as {kept}, and comes to {summed}"]


def _list_wrong_funnel(tx: Tx) -> list[str]:
    """What is kept of people on their way, against those of whom there still are rows."""
    kept, now = funnel.sum_all(tx), [*(tx.row(_MEMBERS) or ()), *(tx.row(_FRIENDS) or ())]
    names = ("members", "blocked", "started", "qualified", "purchased", "redeemed")
    days = funnel.sum_days(tx)
    return [
        *(
            f"the funnel keeps {getattr(kept, name)} as {name}, and there are {count}"
            for name, count in zip(names, map(int, now), strict=True)
            if getattr(kept, name) != count
        ),
        *(
            f"the days of the funnel come to {getattr(days, name)} {name}, and {getattr(kept, name)} are kept"
            for name in kept._fields
            if getattr(days, name) != getattr(kept, name)
        ),
    ]


def _list_wrong_scores(tx: Tx) -> list[str]:
    held = {(board_id, points): people for board_id, points, people in tx.rows(_HELD)}
    kept = {(board_id, points): people for board_id, points, people in tx.rows(_KEPT)}
    wrong = [
        f"score {points}: {held.get((board_id, points), 0)} people have it on board {board_id},"
        f" {kept.get((board_id, points), 0)} are counted"
        for board_id, points in sorted(held.keys() | kept.keys())
        if held.get((board_id, points), 0) != kept.get((board_id, points), 0)
    ]
    wrong += _list_wrong_bands(tx, held)
    apart = int(tx.scalar(_APART))
    return [*wrong, f"{apart} people have another score than on the shop's board"] if apart else wrong


def _list_wrong_bands(tx: Tx, held: Mapping[tuple[int, int], int]) -> list[str]:
    summed: Counter[tuple[int, int]] = Counter()
    for (board_id, points), people in held.items():
        band, _ = scores.find_band(points)
        summed[board_id, band] += people if band else 0
    kept = Counter({(board_id, band): people for board_id, band, people in tx.rows(_KEPT_BANDS)})
    return [
        f"band {band} of scores: {summed[board_id, band]} people are in it on board {board_id}, {kept[board_id, band]} are counted"
        for board_id, band in sorted(summed.keys() | kept.keys())
        if summed[board_id, band] != kept[board_id, band]
    ]


def _list_wrong_sums(tx: Tx) -> list[str]:
    apart = inviter_sums.count_apart(tx)
    return [f"{apart} inviters have other sums than their friends and lines come to"] if apart else []


def _list_wrong_stock(tx: Tx) -> list[str]:
    """As many are gone as somebody has."""
    held = {(campaign_id, item): count for campaign_id, item, count in tx.rows(_HAD)}
    taken = {(campaign_id, item): count for campaign_id, item, count in tx.rows(_TAKEN)}
    return [
        f"{taken.get(each, 0)} of {each[1]!r} are out of stock, and {held.get(each, 0)} are in somebody's hands"
        for each in sorted(held.keys() | taken.keys())
        if held.get(each, 0) != taken.get(each, 0)
    ]

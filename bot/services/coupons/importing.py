"""Taking lists of coupons into pools: in batches, each code once, however often a list comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import partial
from typing import BinaryIO

from bot.core.coupons.pools import fold_code
from bot.core.coupons.rows import Coupon, Refused, read_coupons
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import find_zone, get_terms
from bot.services.coupons.giving import fill_waiting
from bot.services.members import MemberView, demand, enter, view_member
from storage.campaign import CampaignState
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import Profile
from storage.steps import Steps
from storage.tables import audit, campaigns, coupons, grants, shops
from storage.tx import Tx

BATCH = 1000
"""Coupons of a transaction: others wait for no more than that."""

FILL = 100
"""Waiting grants of a transaction."""

MOST_TOLD = 20
"""Refused rows that are told one by one in the chat."""


@dataclass(slots=True, kw_only=True)
class Imported:
    """What came of a list so far."""

    new: int = 0
    known: int = 0
    refused: int = 0
    filled: int = 0
    """Members who had waited for one."""
    told: list[Refused] = field(default_factory=list)
    """The first of those that were refused."""


def import_coupons(
    file: BinaryIO,
    pool: str,
    imported: Imported,
    *,
    by: Profile | None,
    zone: tzinfo = UTC,
    told: Callable[[Refused], object] = bool,
) -> Steps:
    """Take a list of coupons into a pool, a batch a transaction, and then give to who waits for one.

    Coupons that the pool has stay as they are, so a list that comes once more, or comes to its end only the second time,
    changes nothing.

    Args:
        file: At its beginning; it can be sought in.
        pool: Its name.
        imported: Where it is noted what came of it, as it goes on.
        by: Somebody who runs the shop; None for a command on the server.
        zone: Where the shop is, as long as it was never opened.
        told: Called with each row that is refused.

    Raises:
        FileMistake: it is no text.
        NotAllowed: whoever brings it does not run the shop, or not any more.
    """
    known, now = yield _read_zone
    for batch in _gather(read_coupons(file, known or zone, now), imported, told):
        new = yield partial(_add, pool=pool, batch=batch, by=by)
        imported.new += new
        imported.known += len(batch) - new
    while filled := (yield partial(fill_waiting, pool=pool, limit=FILL)):
        imported.filled += filled
    if imported.new:
        yield partial(_note, pool=pool, new=imported.new, by=by)


@frozen
class PoolView:
    """A pool, as whoever runs the shop sees it."""

    name: str
    ready: int
    waiting: int
    """Rewards that wait for a coupon of it."""


@frozen
class PoolsView:
    """All pools there are."""

    member: MemberView
    pools: Sequence[PoolView] = ()


def view_pools(tx: Tx, *, visitor: Profile) -> PoolsView:
    """What is left of each pool, and who waits.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    ready = dict.fromkeys(_list_wanted(tx), 0) | {pool.name: pool.ready for pool in coupons.list_pools(tx)}
    pools = [
        PoolView(name=name, ready=left, waiting=grants.count_waiting(tx, GrantKind.COUPON, name))
        for name, left in sorted(ready.items())
    ]
    return PoolsView(member=view_member(tx, enter(tx, visitor)), pools=pools)


def _list_wanted(tx: Tx) -> list[str]:
    """Pools that campaigns give from, be there coupons or not."""
    versions = [row.version_id for row in campaigns.list_all(tx) if row.state is CampaignState.RUNNING]
    running = [get_terms(tx, each).campaign for each in versions if each is not None]
    gives = [rule.give for each in running for rule in each.rewards]
    gives += [prize.give for each in running for contest in each.contests for prize in contest.prizes]
    return [give.what for give in gives if give.kind is GrantKind.COUPON]


def _read_zone(tx: Tx) -> tuple[tzinfo | None, int]:
    """Where the shop is, None for one that was never opened, and the moment."""
    shop = shops.find(tx)
    return None if shop is None else find_zone(shop.zone), tx.now


def _add(tx: Tx, *, pool: str, batch: list[Coupon], by: Profile | None) -> int:
    if by is not None:
        demand(tx, by, MANAGERS)
    return coupons.add(tx, pool, [(each.code, fold_code(each.code), each.expires_at) for each in batch])


def _note(tx: Tx, *, pool: str, new: int, by: Profile | None) -> None:
    actor_id = None if by is None else enter(tx, by).id
    audit.add(tx, actor_id=actor_id, act=Act.COUPONS, subject=pool, after=str(new))


def _gather(
    rows: Iterable[Coupon | Refused], imported: Imported, told: Callable[[Refused], object]
) -> Iterator[list[Coupon]]:
    """What can be taken, so many at a time; what cannot is noted as it comes."""
    batch: list[Coupon] = []
    for row in rows:
        if isinstance(row, Coupon):
            batch.append(row)
        else:
            told(row)
            imported.refused += 1
            imported.told += [row] if len(imported.told) < MOST_TOLD else []
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch

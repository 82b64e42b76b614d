"""Part `contest` of chaos: contests come to their ends while friends come and many tap, killed between freeze, look, results and prizes.

Each is over once, told once, and its prizes are given once, each to somebody of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, func, select

from bot.services.audit import Act
from bot.services.contests.contests import release, turn_contests
from bot.services.contests.notices import ContestOver, PrizeWon
from storage import open_store
from storage.contest import ContestId, ContestState
from storage.schema.contests import contest, placing
from storage.schema.messages import outbox
from storage.schema.rewards import event, grant
from storage.schema.team import audit
from storage.tx import Tx
from tests.chaos.databases import lend_database
from tests.chaos.findings import Findings, Report
from tests.chaos.money_shop import STAFF
from tests.chaos.order import Order
from tests.chaos.writers import kill_again_and_again, list_wrong
from tests.storage.server import migrate

_OVER = (ContestState.REVIEW, ContestState.RELEASED)
_IDS = select(contest.c.id).where(contest.c.state == ContestState.REVIEW)
_COUNTS: dict[str, Select[Any]] = {
    "contests": select(func.count()).select_from(contest).where(contest.c.state.in_(_OVER)),
    "told to the owner": select(func.count()).select_from(outbox).where(outbox.c.kind == ContestOver.kind),
    "let out": select(func.count()).select_from(audit).where(audit.c.act == Act.RELEASED),
    "places": select(func.count()).select_from(placing),
    "prizes": select(func.count())
    .select_from(grant.join(event, event.c.id == grant.c.event_id))
    .where(event.c.kind == "placed"),
    "told to winners": select(func.count()).select_from(outbox).where(outbox.c.kind == PrizeWon.kind),
}
"""What there is of each in the end: of the first three as many, and of the others."""


async def run_contest(order: Order) -> Report:
    """Kill so often, let out what is left, and count."""
    began = time.monotonic()
    with lend_database(order.engine, order.folder) as url:
        await asyncio.to_thread(migrate, url)
        clock = await asyncio.to_thread(kill_again_and_again, url, kills=order.kills, seed=order.seed, name="contest")
        wrong, figures = await end_contests(url, clock)
    found, seconds = Findings(others=wrong), time.monotonic() - began
    return Report(order=order, findings=found, seconds=seconds, kills=order.kills, figures=figures)


async def end_contests(url: str, clock: Callable[[], int]) -> tuple[list[str], dict[str, int]]:
    """Let out what is over, and say what is there twice, or not at all."""
    async with open_store(url, clock=clock) as store:
        await store.write(turn_contests)
        for number in await store.read(_list_reviewed):
            taps = [store.write(release, visitor=STAFF, contest_id=number) for _ in range(4)]
            done = [view.done for view in await asyncio.gather(*taps)]
            assert done.count(True) == 1, done
        counts = await store.read(_count_all)
    wrong, _ = await list_wrong(url, clock)
    contests, told, released, places, prizes, won = counts.values()
    wrong += (
        [f"otherwise than once: {counts}"] if not contests == told == released or not places == prizes == won else []
    )
    return wrong, counts


def _count_all(tx: Tx) -> dict[str, int]:
    return {name: int(tx.scalar(statement)) for name, statement in _COUNTS.items()}


def _list_reviewed(tx: Tx) -> list[ContestId]:
    return [ContestId(number) for (number,) in tx.rows(_IDS)]

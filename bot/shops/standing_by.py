"""One shop on PostgreSQL that any of several processes may run: this one works while it has the lease, and else stands by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from bot.shops.leasing import PostgresLeasing
from storage import LeaseLost, Pools, Store, open_store

logger = logging.getLogger(__name__)

NAME = "shop"
"""Of the only one there is."""

SOON_SECONDS = 1.0
"""Who has not got the lease by then stands by, and makes use of the time."""

Work = Callable[[Store], Awaitable[int]]
"""Runs the shop in its open store until it is to stop; returns the exit status."""


async def run_when_held(url: str, stop: asyncio.Event, work: Work, prepare: Callable[[], Awaitable[None]]) -> int:
    """Run a shop whenever its lease is ours, until `stop` is set or it ends by itself; returns the exit status.

    Args:
        url: Its database.
        stop: Ends the work and the waiting.
        work: What is done with the lease.
        prepare: Called when another process is found to have it, so that taking over is quick.

    Raises:
        StoreError: the database cannot be opened, or was lost to something else than another process.
    """
    pools, ours = Pools(), asyncio.Event()
    leasing = PostgresLeasing(pools, control="", patient=False)
    leasing.subscribe(lambda names: ours.set() if names else ours.clear())
    leasing.set_wanted({NAME: url})
    parts: list[asyncio.Task[object]] = [
        asyncio.create_task(leasing.run(), name="watching the lease"),
        asyncio.create_task(stop.wait(), name="waiting for the stop signal"),
    ]
    try:
        while await _wait_ours(ours, stop, parts, prepare):
            if (tenure := leasing.get_tenure(NAME)) is None:
                continue
            try:
                async with open_store(url, tenure=tenure, pools=pools) as store:
                    return await work(store)
            except LeaseLost:
                logger.info("Another process runs this shop now; standing by")
        return 0
    finally:
        await leasing.hand_over(NAME)
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)


async def _wait_ours(
    ours: asyncio.Event,
    stop: asyncio.Event,
    parts: Collection[asyncio.Task[object]],
    prepare: Callable[[], Awaitable[None]],
) -> bool:
    """Wait for the lease; False where the stop signal comes first.

    Raises:
        StoreError: the database cannot be used.
    """
    waiting = asyncio.create_task(ours.wait())
    try:
        done, _ = await asyncio.wait([waiting, *parts], timeout=SOON_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            await prepare()
            done, _ = await asyncio.wait([waiting, *parts], return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            if (error := part.exception()) is not None:
                raise error
    finally:
        waiting.cancel()
    return not stop.is_set()

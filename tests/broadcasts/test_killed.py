"""Broadcasts whose process dies, or whose Telegram is away."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from aiohttp.test_utils import unused_port

from bot.playground.faults import RequestHook, When
from storage import Store, open_store
from storage.checks import list_faults
from storage.records import BroadcastState, DeliveryState
from tests.broadcasts.child import IN_FLIGHT
from tests.broadcasts.stage import open_stage
from tests.telegram import LocalTelegram, local_telegram, telegram
from tests.thinning import LONG_ON_POSTGRES

__all__ = ["telegram"]

MEMBERS = 80
KILLS: list[tuple[int, When]] = [(30, "before"), (21, "after")]
"""At which sendMessage of its own, and when, each process is killed."""

SENT, QUEUED, UNKNOWN = DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.UNKNOWN


async def start_child(database: str, telegram: LocalTelegram) -> asyncio.subprocess.Process:
    """A process that broadcasts."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.broadcasts.child", database, telegram.url, telegram.token
    )


def kill_at(process: asyncio.subprocess.Process, nth: int, moment: When) -> RequestHook:
    """Kill a process at its nth message, before or after that takes effect; a dead process hears no answer."""
    seen = 0

    async def hook(_number: int, method: str, when: When) -> None:
        nonlocal seen
        seen += method == "sendMessage" and when == moment
        if seen == nth and process.returncode is None:
            process.kill()
            await process.wait()

    return hook


@pytest.mark.long
@LONG_ON_POSTGRES
async def test_killed_again_and_again_it_goes_on_by_itself(telegram: LocalTelegram, store_url: str) -> None:
    """Nobody gets it twice, each recipient is in one state, and a kill leaves in doubt who was written to, and them alone."""
    async with open_store(store_url) as store, open_stage(telegram, store, MEMBERS) as stage:
        broadcast_id = await stage.confirm()
    for nth, moment in KILLS:
        process = await start_child(store_url, telegram)
        telegram.faults.on_request = kill_at(process, nth, moment)
        assert await process.wait() == -9
    telegram.faults.on_request = None
    assert await (await start_child(store_url, telegram)).wait() == 0
    async with open_store(store_url) as store, open_stage(telegram, store, 0) as after:
        received, counts = after.received(), await after.count(broadcast_id)
        assert (await after.find(broadcast_id)).state is BroadcastState.DONE
        assert max(received.values()) == 1
        assert counts[SENT] + counts[UNKNOWN] == MEMBERS
        assert 1 <= counts[UNKNOWN] <= len(KILLS) * IN_FLIGHT
        assert await after.list_in(broadcast_id, SENT) <= received.keys()
        killed_before = sum(moment == "before" for _, moment in KILLS)
        assert len(await after.list_in(broadcast_id, UNKNOWN) - received.keys()) <= killed_before * IN_FLIGHT
        assert not await list_faults(store)


async def test_while_telegram_is_away_nobody_is_lost(store: Store) -> None:
    """No connection means not sent: everybody stays queued, and gets it once Telegram is back."""
    port = unused_port()
    async with AsyncExitStack() as stack:
        async with local_telegram(port=port) as telegram:
            stage = await stack.enter_async_context(open_stage(telegram, store, 20))
        broadcast_id = await stage.confirm()
        broadcaster = await stack.enter_async_context(stage.running(most_in_flight=5, rest_seconds=0.05))
        await asyncio.sleep(0.5)
        assert (await stage.count(broadcast_id)).keys() <= {QUEUED, DeliveryState.SENDING}
        async with local_telegram(telegram.world, token=telegram.token, port=port):
            await broadcaster.settled()
        assert stage.received() == Counter({guest.id: 1 for guest in stage.guests})
        assert await stage.count(broadcast_id) == {SENT: 20}

from __future__ import annotations

import asyncio
import itertools
import os
import socket

import pytest

from storage import StoreBusy, StoreUnavailable, open_store
from storage.engines.postgres_connection import connect
from storage.tables import directory
from tests.storage.cast import add_member
from tests.storage.poolers import POOLERS, pooling
from tests.storage.test_postgres import open_and_count

pytestmark = pytest.mark.postgres

REAL = [each for each in POOLERS if each != "stand-in"]


@pytest.mark.parametrize("kind", POOLERS)
async def test_a_pooler_that_shares_sessions_is_refused_at_the_start(kind: str, postgres_url: str) -> None:
    """In one sentence that says what to do: behind it neither the lock nor the fence would hold."""
    with (
        pooling(kind, postgres_url, "transaction") as url,
        pytest.raises(StoreUnavailable, match="pool_mode of session"),
    ):
        await open_and_count(url)
    assert await open_and_count(postgres_url) == 0


@pytest.mark.parametrize("kind", REAL)
async def test_a_pooler_that_shares_statements_is_refused_likewise(kind: str, postgres_url: str) -> None:
    """It takes no transaction at all."""
    with pooling(kind, postgres_url, "statement") as url, pytest.raises(StoreUnavailable, match="pool_mode of session"):
        await open_and_count(url)


@pytest.mark.parametrize("kind", REAL)
async def test_a_pooler_of_sessions_works(kind: str, postgres_url: str) -> None:
    """The lock holds, a second process is refused, and everything is freed at the end."""
    with pooling(kind, postgres_url, "session") as url:
        async with open_store(url) as store:
            await asyncio.gather(*(store.write(add_member, number) for number in range(1, 60)))
            with pytest.raises(StoreBusy, match="another process"):
                await open_and_count(postgres_url)
        assert await open_and_count(url) == 59


@pytest.mark.parametrize("kind", REAL)
@pytest.mark.parametrize("size", [2, 3, 5])
async def test_a_small_pooler_is_enough(
    kind: str, size: int, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What it does not lend is not waited for, and is said once."""
    with pooling(kind, postgres_url, "session", size=size) as url:
        async with open_store(url) as store, asyncio.timeout(60):
            wanted = itertools.count(1)
            while not list_said(caplog):  # until as many are busy at once
                await asyncio.gather(*(store.write(add_member, next(wanted)) for _ in range(60)))
            assert await store.read(directory.count_members) == next(wanted) - 1
    assert list_said(caplog) == [f"The database grants no more connections: going on with {size - 1}"]


def list_said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of connections that are not to be had."""
    return [record.message for record in caplog.records if "going on with" in record.message]


def test_a_quiet_connection_is_kept_alive(postgres_url: str) -> None:
    """A router on the way forgets what says nothing for minutes: the lock's connection says something every 5 s."""
    with pooling("stand-in", postgres_url, "transaction") as url, connect(url) as connection:
        line = socket.socket(fileno=os.dup(connection.fileno()))
        with line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 5

"""A server in Telegram's place and a bot that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.messages.shop import Shop
from bot.updates.application import PassalongApplication, build_application
from bot.updates.context import BotData
from bot.wire.gate import Gate
from bot.wire.snapshot import Snapshot, Snapshots
from bot.wire.telegram_bot import PassalongBot
from bot.wire.transport import AiohttpRequest
from storage import Store
from tests.easel import draw_for
from tests.messages.samples import make_shop
from tests.wire.server import TOKEN, Server, serve


@pytest.fixture
def store_url(request: pytest.FixtureRequest) -> str:
    """An empty database: SQLite, unless the test asks for `both_engines`."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A plain server in Telegram's place."""
    async with serve() as running:
        yield running


@pytest.fixture
def patience_seconds() -> float:
    """How long the transport waits for an answer: as good as for ever, unless a test is about silence and says less.

    On a loaded machine an answer takes its time, and one that is given up is another story than the test's.
    """
    return 60.0


@pytest.fixture
async def request_(patience_seconds: float) -> AsyncIterator[AiohttpRequest]:
    """The transport."""
    async with AiohttpRequest(
        read_timeout=patience_seconds,
        connect_timeout=patience_seconds,
        write_timeout=patience_seconds,
        pool_timeout=patience_seconds,
    ) as transport:
        yield transport


@pytest.fixture
def gate() -> Gate:
    """A gate so wide that nothing waits."""
    return Gate(send_rate=100_000, chat_rate=1000, group_per_minute=60_000, cold_seconds=0, pushed_back_seconds=0.02)


@pytest.fixture
def bot(server: Server, request_: AiohttpRequest) -> PassalongBot:
    """A bot without a gate."""
    return PassalongBot(
        TOKEN, base_url=f"{server.url}/bot", request=request_, get_updates_request=request_, rate_limiter=None
    )


@pytest.fixture
async def application(
    server: Server, gate: Gate, store: Store, patience_seconds: float
) -> AsyncIterator[PassalongApplication[dict[str, Any]]]:
    """An application without handlers; its dependencies are an empty dictionary."""
    bot_data: BotData[dict[str, Any]] = BotData(store=store, deps={})
    built = build_application(
        token=TOKEN,
        base_url=server.url,
        gate=gate,
        request=AiohttpRequest(read_timeout=patience_seconds),
        get_updates_request=AiohttpRequest(connection_limit=4, read_timeout=patience_seconds),
        bot_data=bot_data,
    )
    async with built:
        yield built


def make_snapshots(store: Store, shop: Shop | None = None, *, retry_seconds: float = 1.0) -> Snapshots:
    """A shop that stays as it is, unless somebody runs this."""
    shop = shop or make_shop()
    return Snapshots(store, Snapshot(shop=shop, pictures=draw_for(shop)), retry_seconds=retry_seconds)

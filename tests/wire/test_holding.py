"""Nothing leaves for a shop that another process may run by now."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import BytesPayload, ClientResponse
from aiohttp.abc import AbstractStreamWriter
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import Connection
from telegram import InputFile
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.telemetry import set_up_logging
from bot.wire.calls import EVERYTHING
from bot.wire.errors import FailureKind, Lapsed, classify
from bot.wire.gate import open_gate
from bot.wire.transport import AiohttpRequest, _Leaving
from storage import LeaseLost, Store, StoreUnavailable
from storage.records import Ban
from tests.telegram import PATIENCE_SECONDS
from tests.wire.server import Server, serve, until
from tests.wire.test_gate import Line, make_gate


class Lease:
    """A lease as a gate sees it."""

    def __init__(self) -> None:
        self.held = True
        self.lost = False
        self._changed = asyncio.Event()

    def set(self, *, held: bool, lost: bool = False) -> None:
        """What holds from now on."""
        self.held, self.lost = held, lost
        self._changed.set()

    def is_held(self) -> bool:
        """Whether it is certain."""
        return self.held

    async def wait_held(self) -> None:
        """Wait until it is certain either way."""
        while not self.held:
            if self.lost:
                raise LeaseLost("Another process runs this shop now.")
            self._changed.clear()
            await self._changed.wait()


async def test_a_request_waits_while_nobody_can_say_whose_the_shop_is() -> None:
    """It leaves as soon as that is certain, and nobody hears of it."""
    lease = Lease()
    line = Line(make_gate(holder=lease))
    lease.set(held=False)
    waiting = [asyncio.create_task(line.call(f"{each}", each)) for each in range(1, 4)]
    await asyncio.sleep(0.05)
    assert line.log == []
    lease.set(held=True)
    await asyncio.gather(*waiting)
    assert len(line.log) == 3


async def test_what_waited_for_its_turn_is_asked_again() -> None:
    """The turn may come after the lease went: what was queued before that does not leave either."""
    lease = Lease()
    line = Line(make_gate(holder=lease, send_rate=20, chat_rate=20))
    waiting = [asyncio.create_task(line.call(f"{each}", each)) for each in range(1, 40)]
    await until(lambda: line.log)
    lease.set(held=False)
    left = len(line.log)
    await asyncio.sleep(0.3)
    assert len(line.log) == left < 39
    lease.set(held=False, lost=True)
    ends = await asyncio.gather(*waiting, return_exceptions=True)
    assert sum(isinstance(each, Lapsed) for each in ends) == 39 - left
    assert {classify(each).kind for each in ends if isinstance(each, BaseException)} == {FailureKind.NOT_SENT}
    assert len(line.log) == left


async def test_a_burst_that_waited_keeps_to_the_pace() -> None:
    """Nothing is let through at the transport that had its turn while it was in doubt."""
    lease = Lease()
    line = Line(make_gate(holder=lease, send_rate=20, chat_rate=20))
    lease.set(held=False)
    waiting = [asyncio.create_task(line.call(f"{each}", each)) for each in range(1, 31)]
    await asyncio.sleep(0.3)
    lease.set(held=True)
    await asyncio.gather(*waiting)
    moments = [at for _, at in line.log]
    assert moments[-1] - moments[0] > 0.4


@pytest.fixture
def lease() -> Lease:
    """A lease that is held."""
    return Lease()


async def test_the_last_thing_asked_is_the_lease(lease: Lease) -> None:
    """After the connection is there: however long that took, nothing is written on it."""
    async with serve() as server, AiohttpRequest(may_leave=lease.is_held) as way:
        await _ask(way, server)
        asked = len(server.calls)
        lease.set(held=False)
        for _ in range(3):
            with pytest.raises(Lapsed, match="Another process may run this shop by now"):
                await _ask(way, server)
        assert len(server.calls) == asked
        lease.set(held=True)
        await _ask(way, server)
        assert len(server.calls) == asked + 1


async def test_a_lease_that_ends_once_the_connection_is_lent_keeps_the_request(
    lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process may be stopped at any point, and wake up after another took its shops."""
    send = ClientRequest.send

    async def lose_and_send(request: ClientRequest, connection: Connection) -> ClientResponse:
        lease.set(held=False)
        return await send(request, connection)

    async with serve() as server, AiohttpRequest(may_leave=lease.is_held) as way:
        await _ask(way, server)
        asked = len(server.calls)
        monkeypatch.setattr(ClientRequest, "send", lose_and_send)
        with pytest.raises(Lapsed, match="Another process may run this shop by now"):
            await _ask(way, server)
        assert len(server.calls) == asked


@pytest.mark.parametrize("pieces", range(5))
async def test_a_lease_that_ends_on_the_way_leaves_a_request_incomplete(pieces: int) -> None:
    """What is missing a piece is not done, and somebody else may send it."""
    left = iter(range(pieces))

    def may_leave() -> bool:
        return next(left, None) is not None

    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.put_nowait(await reader.read())
        writer.close()

    listening = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with listening, AiohttpRequest(may_leave=may_leave) as way, asyncio.timeout(PATIENCE_SECONDS):
        content = RequestData([RequestParameter.from_input("photo", InputFile(b"x" * 200_000, filename="a.png"))])
        host, port = listening.sockets[0].getsockname()
        with pytest.raises(Lapsed, match="Another process may run this shop by now"):
            await way.do_request(f"http://{host}:{port}/bot1:x/sendPhoto", "POST", content)
        came = await arrived.get()
    assert bool(came) == bool(pieces)
    assert not came.endswith(b"--\r\n")


async def _ask(way: AiohttpRequest, server: Server) -> None:
    await way.do_request(f"{server.url}/bot1:x/getMe", "POST")


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def test_whose_shop_was_lost_says_so_once(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever meets it in the middle of something is silent; while a database is away each says so in a line; else all is told."""
    log = logging.getLogger("bot.x")
    for level in ("INFO", "DEBUG"):
        set_up_logging(level)
        for error in (
            LeaseLost("Another process runs this shop now."),
            StoreUnavailable("It is away."),
            ValueError("odd"),
        ):
            try:
                raise error
            except (LeaseLost, StoreUnavailable, ValueError):
                log.exception("It could not be written %s", "down")
                log.warning("It waits %g s: %s", 0.5, error)
    lines = [line.partition(" ")[2] for line in capsys.readouterr().err.splitlines() if "bot.x" in line]
    away = ["WARNING bot.x: It could not be written down (It is away.)", "WARNING bot.x: It waits 0.5 s: It is away."]
    odd = ["ERROR bot.x: It could not be written down", "WARNING bot.x: It waits 0.5 s: odd"]
    lost = ["DEBUG bot.x: It could not be written down (Another process runs this shop now.)"]
    assert lines[:4] == away + odd
    assert lines[4:5] == lost


async def test_the_gate_of_a_shop_asks_whose_it_is() -> None:
    """What the store knows of it is what the gate goes by, and what Telegram forbade the process before."""
    lease = Lease()
    lease.set(held=False)
    forbidden = Ban(scope=EVERYTHING, until_at=time.time_ns() // 1000 + 10**9, wait_seconds=1000)

    async def read(_unit: object) -> list[Ban]:
        return [forbidden]

    store = cast("Store", SimpleNamespace(tenure=lease, read=read))
    gate = await open_gate(store, send_rate=30, chat_rate=1, group_per_minute=20)
    assert gate.ban_left() > 900
    line = Line(gate)
    waiting = asyncio.create_task(line.call("answer", None, endpoint="answerCallbackQuery"))
    for _ in range(10):
        await asyncio.sleep(0)
    assert line.log == []
    lease.set(held=True)
    await waiting
    assert line.list_names() == ["answer"]


class Sheet:
    """A writer that keeps what is written."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, piece: bytes) -> None:
        """Keep it."""
        self.pieces.append(piece)


async def test_a_body_that_is_asked_for_first_is_the_same_body(lease: Lease) -> None:
    """Its kind, its size and its words; it says once that it leaves, and each piece of it is asked for."""
    body, left = BytesPayload("tea \u8336".encode(), content_type="application/json"), list[str]()
    leaving, sheet = _Leaving(body, lease.is_held, lambda: left.append("left")), Sheet()
    assert (leaving.content_type, leaving.size, leaving.decode()) == ("application/json", body.size, "tea \u8336")
    assert leaving.decode("ascii", "replace") == "tea ???".replace("???", "\ufffd" * 3)
    assert left == []
    for _ in range(2):
        await leaving.write(cast("AbstractStreamWriter", sheet))
    assert (b"".join(sheet.pieces), left) == ("tea \u8336".encode() * 2, ["left"])
    lease.set(held=False)
    with pytest.raises(Lapsed):
        await leaving.write(cast("AbstractStreamWriter", sheet))
    assert len(sheet.pieces) == 2

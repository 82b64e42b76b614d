from __future__ import annotations

import asyncio
import json
import logging
import socket
from typing import Any

import pytest

from bot.assets import ASSETS
from bot.web.crowd import Crowd
from bot.web.listening import ListenRefused, open_listener
from bot.web.security import carries_much
from bot.web.server import Patience
from bot.web.site import DOORS
from storage import open_store
from tests.storage.clock import Clock
from tests.web.house import PREVIEW, UNKNOWN, House, open_house

EVERYWHERE = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "strict-transport-security",
}
METHODS = {"get", "head", "post"}


async def send_raw(house: House, request: bytes) -> bytes:
    """Send bytes as they are, and read until the other side hangs up or is silent."""
    reader, writer = await house.connect()
    writer.write(request)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 2)
    except TimeoutError:
        return b""
    finally:
        writer.close()


async def test_every_answer_is_dressed(house: House) -> None:
    """Whatever is asked, and however wrongly, the security headers are there and the server does not say its name."""
    member = await house.add_member()
    paths = ["/", f"/r/{member.code}", f"/r/{UNKNOWN}", f"/c/{member.code}.jpg", f"/s/{member.code}", "/healthz"]
    paths += ["/robots.txt", "/assets/site.css", "/assets/nothing.css", "/nowhere", "/s/", "//", "/openapi.json"]
    for path in paths:
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "BREW"):
            answer = await house.ask(path, method=method, agent=PREVIEW)
            assert answer.status < 500
            assert {name.lower() for name in answer.headers} >= EVERYWHERE, (method, path)
            assert "Server" not in answer.headers
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy


async def test_what_is_no_http_is_answered_in_the_same_dress(house: House) -> None:
    """Also the one answer that comes before there is a request."""
    answer = (await send_raw(house, b"\x16\x03\x01 hello\r\n\r\n")).lower()
    assert answer.startswith(b"http/1.1 400")
    assert all(name.encode() in answer for name in EVERYWHERE)


async def test_plain_http_promises_no_https(own_house: House) -> None:
    """While trying on this machine, no browser is told to come by https for two years."""
    assert "Strict-Transport-Security" not in (await own_house.ask("/healthz")).headers


async def test_there_are_pages_for_what_is_not_there(house: House) -> None:
    """A stray visitor reads a sentence and finds a way on."""
    missing = await house.ask("/nowhere")
    assert (missing.status, "There is nothing here" in missing.text) == (404, True)
    refused = await house.ask("/healthz", method="POST")
    assert (refused.status, set(refused.headers["Allow"].split(", "))) == (405, {"GET", "HEAD"})
    assert "https://t.me/oven_bot" in refused.text


async def test_a_proxy_and_a_crawler_find_their_way(house: House) -> None:
    """Health for the one; for the other, share pages are private and everything else may unfold."""
    health = await house.ask("/healthz")
    assert (health.status, health.text) == (200, "ok\n")
    robots = (await house.ask("/robots.txt")).text.splitlines()
    assert robots == [
        "User-agent: *",
        "Disallow: /s/",
        "Disallow: /l/",
        "Disallow: /dashboard",
        "Allow: /r/",
        "Allow: /c/",
    ]


async def test_no_slash_is_mended_with_the_strangers_host(house: House) -> None:
    """A redirect never leads where the request says."""
    for path in ("/healthz/", "/robots.txt/", "//evil.example/", "/s/x/"):
        answer = await house.ask(path, Host="evil.example")
        assert "evil" not in answer.headers.get("Location", "")
        assert answer.status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Length: 2000\r\n\r\n" + bytes(2000),
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ],
)
async def test_nobody_listens_to_a_long_body(house: House, body: bytes) -> None:
    """It is refused before it is read, and the line is closed."""
    answer = await send_raw(house, b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\n" + body)
    assert answer.split(b"\r\n")[0].split()[1] in {b"413", b"400"}
    assert b"connection: close" in answer.lower()


def test_a_short_body_is_let_through() -> None:
    """Some browsers send a beacon with a byte or two."""
    assert not carries_much([(b"content-length", b"12")])
    assert carries_much([(b"content-length", b"1025")])


async def test_a_taken_port_is_told_in_words() -> None:
    """With the name of the setting that names another one."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenRefused, match="PASSALONG_LISTEN"):
        open_listener("127.0.0.1", taken.getsockname()[1])


async def test_stopping_finishes_what_is_under_way(house: House) -> None:
    """Whoever has asked gets their answer; a silent connection holds nobody up."""
    member = await house.add_member()
    _, silent = await house.connect()
    reader, writer = await house.connect()
    writer.write(f"GET /c/{member.code}.jpg HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    async with asyncio.timeout(60):
        while not house.deps.card_cache.drawings_under_way:  # noqa: ASYNC110  # nothing tells of a drawing's begin
            await asyncio.sleep(0)
    house.stop.set()
    answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 200")
    assert len(answer) > 50_000
    silent.close()
    writer.close()


async def test_whoever_dawdles_is_hung_up_on(sqlite_url: str, clock: Clock) -> None:
    """A head that comes letter by letter, and a body that never comes, hold a line for a while and no longer."""
    hasty = Patience(request_seconds=0.3)
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, patience=hasty) as house:
        for start in (b"GET / HTTP/1.1\r\nHo", b"", b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"):
            reader, writer = await house.connect()
            writer.write(start)
            await asyncio.wait_for(_read_to_the_end(reader), 60)
            writer.close()
        assert (await house.ask("/healthz")).status == 200


async def test_there_is_a_most_of_connections(sqlite_url: str, clock: Clock) -> None:
    """One more, and whoever has kept us waiting longest is hung up on; the newcomer is served."""
    narrow = Patience(most_connections=2)
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, patience=narrow) as house:
        lines = [await house.connect() for _ in range(2)]
        lines[0][1].write(b"GET /healthz HTTP/1.1\r\nHo")
        for _ in range(20):
            assert (await send_raw(house, HEALTH)).endswith(b"ok\n")
        assert await asyncio.wait_for(_read_to_the_end(lines[0][0]), 60) == b""
        for _, writer in lines:
            writer.close()


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


class Caller:
    """A connection that the crowd knows."""

    def __init__(self, address: str, *, slow: bool = False) -> None:
        self.address = address
        self.is_listening_slowly = slow
        self.transport: Any = self
        self.is_gone = False

    def abort(self) -> None:
        """Hang up."""
        self.is_gone = True


def test_the_address_that_keeps_most_waiting_gives_way_first() -> None:
    """A flood from one network costs its own lines, and nobody else's; who is being answered stays."""
    crowd = Crowd(10)
    neighbours = [Caller(f"198.51.100.{number}") for number in range(4)]
    for neighbour in neighbours:
        crowd.enter(neighbour)
    answered = Caller("2001:db8::1")
    crowd.enter(answered)
    crowd.answer(answered)
    flood = [Caller(f"2001:db8::{number:x}") for number in range(2, 300)]
    for each in flood:
        crowd.enter(each)
    assert not any(each.is_gone for each in [*neighbours, answered])
    assert [each.is_gone for each in flood] == [True] * 293 + [False] * 5
    assert len(crowd) == 10
    for each in [*neighbours, answered, *flood]:
        crowd.leave(each)
    assert len(crowd) == 0


def test_slow_listeners_give_way_where_nobody_is_waited_for() -> None:
    """Whoever asks for much and reads nothing holds no line against others; a crowd that is served well lets nobody in."""
    crowd = Crowd(3)
    callers = [Caller("198.51.100.1"), Caller("198.51.100.2", slow=True), Caller("198.51.100.3")]
    for caller in callers:
        crowd.enter(caller)
        crowd.answer(caller)
    newcomer, another = Caller("198.51.100.4"), Caller("198.51.100.5")
    crowd.enter(newcomer)
    assert [each.is_gone for each in callers] == [False, True, False]
    crowd.answer(newcomer)
    crowd.enter(another)
    assert another.is_gone
    assert len(crowd) == 3


@pytest.mark.parametrize(
    "chunk",
    [
        b"zz\r\nhello\r\n0\r\n\r\n",
        b"5\r\nhel",
        b"ffffffffffffffffffff\r\n",
        b"-1\r\n",
        b"\x00\xff\r\n\r\n",
        b"5;" + b"x" * 9000,
    ],
)
async def test_a_broken_body_writes_nothing_into_the_log(
    house: House, chunk: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """A stranger's broken request is answered or hung up on, and is worth no line; least of all a traceback."""
    head = b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    for pieces in ([head + chunk], [head, chunk], [HEALTH + head + chunk]):
        reader, writer = await house.connect()
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.02)
        await asyncio.wait_for(_read_to_the_end(reader), 60)
        writer.close()
    assert (await house.ask("/healthz")).status == 200
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(("length", "status"), [(15_000, b"200"), (17_500, b"400"), (100_000, b"400")])
async def test_a_head_has_a_most_however_it_comes(house: House, length: int, status: bytes) -> None:
    """Whole and at once it is no longer than letter by letter."""
    answer = await send_raw(house, HEALTH[:-2] + b"X: " + b"a" * length + b"\r\n\r\n")
    assert answer.split()[1:2] in ([status], [])
    assert (answer.split()[1:2] == [b"200"]) is (status == b"200")


async def _read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def test_the_description_names_every_door() -> None:
    """Paths and methods of assets/web/openapi.json are those that are served."""
    described = json.loads((ASSETS / "web" / "openapi.json").read_text("utf-8"))["paths"]
    served = {(door.path.replace(":anything", ""), method) for door in DOORS for method in door.methods or ()}
    assert {
        (path, method.upper()) for path, methods in described.items() for method in methods if method in METHODS
    } == served

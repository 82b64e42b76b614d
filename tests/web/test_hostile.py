from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.core.throttling import Allowance
from bot.web.security import compose_headers
from bot.web.throttle import Throttle
from storage import open_store
from tests.storage.clock import Clock
from tests.web.hostile import KNOWN, Attack, list_attacks
from tests.web.house import House, open_house

LINES = 8
BOT = re.compile(rb"https://t\.me/oven_bot(\?start=[0-9A-Za-z]{10}-[a-z0-9]{1,16})?")

EXPECTED = {name for name, _ in compose_headers(https=True)} | {
    b"date", b"content-length", b"content-type", b"cache-control", b"vary", b"x-robots-tag", b"location", b"etag",
    b"cross-origin-resource-policy", b"allow", b"connection", b"retry-after", b"transfer-encoding",
}  # fmt: skip
"""Every header that this side ever sends; any other was put in by a stranger."""


class Line:
    """A connection that is opened again when the other side hangs up."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, attack: Attack) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Status, headers and body of the answer."""
        if self._ends is None:
            self._ends = await self._house.connect()
        reader, writer = self._ends
        writer.write(attack.raw)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        if head.startswith(b"HTTP/1.1 100"):
            head = await reader.readuntil(b"\r\n\r\n")
        status, headers = parse_head(head)
        values = dict(headers)
        length = 0 if attack.method == "HEAD" or status in {204, 304} else int(values.get(b"content-length", b"-1"))
        body = await reader.readexactly(length) if length >= 0 else await reader.read()
        if length < 0 or values.get(b"connection") == b"close" or b"Content-Length: 10" in attack.raw:
            await self.close()
        return status, headers, body

    async def close(self) -> None:
        """Hang up."""
        if self._ends is not None:
            self._ends[1].close()
            await self._ends[1].wait_closed()
            self._ends = None


def parse_head(head: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    """The status and the headers, names in small letters; nothing of it may break the form."""
    first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    found = [re.fullmatch(rb"([A-Za-z-]+): ([\x20-\x7e]*)", line) for line in lines]
    assert all(found), head
    return int(first.split()[1]), [(match[1].lower(), match[2]) for match in found if match]


def check(attack: Attack, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    """What must be true of every answer."""
    names = [name for name, _ in headers]
    assert status < 500, attack.raw
    assert len(names) == len(set(names)), (attack.raw, names)
    assert set(names) <= EXPECTED, (attack.raw, names)
    assert b"content-security-policy" in names, attack.raw
    location = dict(headers).get(b"location")
    assert location is None or BOT.fullmatch(location), (attack.raw, location)
    assert b"evil" not in body, attack.raw
    assert b"<script>" not in body, attack.raw


async def attack_all(line: Line, attacks: Iterator[Attack], statuses: Counter[int]) -> None:
    """Send attacks by one connection until there are none left."""
    for attack in attacks:
        status, headers, body = await line.send(attack)
        check(attack, status, headers, body)
        statuses[status] += 1
    await line.close()


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.long)])
async def test_hostile_requests_break_nothing(sqlite_url: str, clock: Clock, count: int) -> None:
    """No 5xx, no redirect but to the bot, no header and no word of the stranger's in the answer; all codes looked up."""
    patient = Throttle(Allowance(burst=count, per_second=1))
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, guesses=patient) as house:
        await house.add_member(code=KNOWN)
        attacks, statuses = list_attacks(count, seed=7), Counter[int]()
        await asyncio.gather(*(attack_all(Line(house), attacks, statuses) for _ in range(LINES)))
        assert statuses.total() == count
        assert statuses.keys() >= {200, 302, 400, 404, 405}
        answer = await house.ask(f"/r/{KNOWN}-fwd")
        assert answer.headers["Location"] == f"https://t.me/oven_bot?start={KNOWN}-fwd"


async def test_a_request_in_two_pieces_is_no_request_in_two(house: House) -> None:
    """Lengths that contradict each other are refused: what follows is never read as another visitor's request."""
    reader, writer = await house.connect()
    writer.write(
        b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.split()[1] in {b"400", b"413"}
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Disallow" not in answer
    writer.close()


async def test_an_endless_header_is_cut_off(house: House) -> None:
    """A head longer than 16 kB is refused."""
    reader, writer = await house.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000)
    answer = await asyncio.wait_for(reader.read(), 60)
    assert answer.startswith(b"HTTP/1.1 400")
    writer.close()

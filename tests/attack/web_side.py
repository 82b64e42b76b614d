"""Strangers at the web side: guesses, broken requests, changing names, long heads, lines that drip."""

from __future__ import annotations

import asyncio
import time

from sqlalchemy import func, select

from storage.schema.sharing import click
from tests.attack.ground import Ground, Kind, Verdict
from tests.journeys.program import Home, Program
from tests.web.house import PHONE, PREVIEW
from tests.web.test_at_work import find_free_port

BROKEN = b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
DRIPPING = (
    b"GET / HT",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: a",
    b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\nhello",
    b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n",
    b"",
)
"""A line, a head, a body by its length and by chunks that never end, a connection kept after its answer, and silence."""

LOG_BYTES = 8_000
"""So much may a day of nonsense add to the log."""


async def ask(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and read until the other side hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def get(port: int, path: str, agent: str = PHONE) -> tuple[int, bytes]:
    """Status and the whole answer, head included."""
    browser = f"User-Agent: {agent}\r\nSec-Fetch-Mode: navigate"
    answer = await ask(port, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{browser}\r\n\r\n".encode())
    return int(answer.split()[1]) if answer else 0, answer


async def get_health(port: int) -> str:
    """The word of the health check, with its status."""
    head, _, word = (await ask(port, HEALTH)).decode().partition("\r\n\r\n")
    return f"{head.split()[1]} {word.strip()}" if head else "nothing"


def furnish_web(ground: Ground, **settings: str) -> tuple[Home, int]:
    """A home with a web side, and its port."""
    port = find_free_port()
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}", "LOG_LEVEL": "INFO"}
    return ground.furnish(**web, **settings), port


async def until_open(port: int, program: Program) -> None:
    """Wait until the web side has opened its door."""
    async with asyncio.timeout(60):
        while True:
            assert program.status is None, program.read_errors()
            try:
                await asyncio.wait_for(ask(port, HEALTH), 5)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                return


async def guess_codes(ground: Ground, verdict: Verdict) -> None:
    """However many unknown codes an address tries: a member's preview and card there are the member's."""
    home, port = furnish_web(ground)
    async with ground.running(home) as program:
        await until_open(port, program)
        code = ground.find_code(await ground.join("Anna"))
        guesses = ground.size(60, 600)
        refused = cached = 0
        for number in range(guesses):
            path = (f"/r/AAAAA{number:05}", f"/c/AAAAA{number:05}.jpg")[number % 2]
            status, answer = await get(port, path, PREVIEW)
            refused += status == 429
            cached += b"max-age" in answer and b"max-age=0" not in answer
        _, preview = await get(port, f"/r/{code}", PREVIEW)
        card_status, card = await get(port, f"/c/{code}.jpg", PREVIEW)
    verdict.figures |= {"guesses": guesses, "refused": refused, "substitutes cached": cached, "card": len(card)}
    verdict.expect(refused, "guessing without end is let through")
    verdict.expect(not cached, "what stands in for a member's page may be cached")
    verdict.expect(b"Anna invites you" in preview, "a member's preview is not the member's")
    verdict.expect(card_status == 200 and b"image/jpeg" in card, f"a member's card is refused ({card_status})")


async def fill_the_disk(ground: Ground, verdict: Verdict) -> None:
    """Broken requests fill no log, one address under many names no table; a long head is refused."""
    home, port = furnish_web(ground)
    async with ground.running(home) as program:
        await until_open(port, program)
        code = ground.find_code(await ground.join("Anna"))
        before, requests = len(program.read_errors()), ground.size(300, 3000)
        for number in range(requests):
            await ask(port, BROKEN)
            await get(port, f"/r/{code}", f"{PHONE} {number}")
        heads = [
            await ask(port, HEALTH[:-2] + b"X: " + b"a" * size + b"\r\n\r\n") for size in (15_000, 17_000, 100_000)
        ]
        grown = len(program.read_errors()) - before
        verdict.expect(await program.stop() == 0, "the process does not end well")
    [(clicks,)] = ground.fetch(select(func.count()).select_from(click))
    verdict.figures |= {"requests": 2 * requests, "log bytes": grown, "clicks": clicks}
    verdict.expect(grown < LOG_BYTES, "the log is filled")
    verdict.expect(clicks in {1, 2}, "one visitor in an hour counts as many")
    taken = [b"200 OK" in answer for answer in heads]
    verdict.expect(taken == [True, False, False], f"heads of 15, 17 and 100 kB are taken: {taken}")


async def hold_connections(ground: Ground, verdict: Verdict) -> None:
    """Lines that drip give way: who asks meanwhile is answered."""
    home, port = furnish_web(ground)
    async with ground.running(home) as program:
        await until_open(port, program)
        dripping = [await asyncio.open_connection("127.0.0.1", port) for _ in range(ground.size(400, 1100))]
        for number, (_, writer) in enumerate(dripping):
            writer.write(DRIPPING[number % len(DRIPPING)])
        began = time.monotonic()
        health = await get_health(port)
        verdict.figures |= {"dripping": len(dripping), "health": health, "after s": time.monotonic() - began}
        for _, writer in dripping:
            writer.close()
    verdict.expect(health == "200 ok", "nobody is answered while lines drip")


KINDS = [
    Kind(number=6, name="previews while codes are guessed", run=guess_codes),
    Kind(number=8, name="broken requests and changing names", run=fill_the_disk),
    Kind(number=8, name="dripping connections", run=hold_connections, engines=("sqlite",)),
]

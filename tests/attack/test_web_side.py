"""Strangers at the web side of the real process: what they send fills neither the log nor the table of clicks."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage import open_store
from storage.tables import clicks
from tests.journeys.program import Home, Program, furnish
from tests.telegram import LocalTelegram, telegram
from tests.web.house import PHONE
from tests.web.test_at_work import find_free_port

__all__ = ["telegram"]

BROKEN = b"POST /s/Code000001/shared?way=x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
REQUESTS, DRIPPING = 300, 400
LOG_BYTES = 8_000


async def ask(port: int, request: bytes) -> bytes:
    """Send bytes as they are, and read until the other side hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def until_open(port: int, program: Program) -> None:
    """Wait until the web side has opened its door."""
    async with asyncio.timeout(30):
        while True:
            assert program.status is None, program.read_errors()
            try:
                return await asyncio.wait_for(_knock(port), 5)
            except ConnectionError:
                await asyncio.sleep(0.05)


async def _knock(port: int) -> None:
    await ask(port, HEALTH)


async def test_strangers_fill_neither_log_nor_table(telegram: LocalTelegram, tmp_path: Path) -> None:
    """Broken requests, long heads, one address under many names, and lines that drip: health answers all the while."""
    port = find_free_port()
    web = {"PUBLIC_URL": f"http://127.0.0.1:{port}", "LISTEN": f"127.0.0.1:{port}", "LOG_LEVEL": "INFO"}
    home: Home = furnish(tmp_path, telegram, **web)
    async with home.running() as program:
        await program.until_polling(telegram)
        await until_open(port, program)
        before = len(program.read_errors())
        anna = telegram.world.add_person("Anna")
        telegram.world.press_start(anna)
        code = (await telegram.until_message(anna, "Your link")).text.partition("?start=")[2][:10]
        for number in range(REQUESTS):
            await ask(port, BROKEN)
            browser = f"User-Agent: {PHONE} {number}\r\nSec-Fetch-Mode: navigate"
            await ask(port, f"GET /r/{code} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{browser}\r\n\r\n".encode())
        assert (await ask(port, HEALTH[:-2] + b"X: " + b"a" * 100_000 + b"\r\n\r\n")).split()[1:2] in ([], [b"400"])
        dripping = [await asyncio.open_connection("127.0.0.1", port) for _ in range(DRIPPING)]
        for _, writer in dripping:
            writer.write(b"GET / HT")
        assert (await ask(port, HEALTH)).endswith(b"ok\n")
        for _, writer in dripping:
            writer.close()
        assert len(program.read_errors()) - before < LOG_BYTES, program.read_errors()[-2000:]
        assert await program.stop() == 0
    async with open_store(f"sqlite:///{tmp_path}/passalong.db") as store:
        assert sum((await store.read(clicks.count_by_source)).values()) in {1, 2}

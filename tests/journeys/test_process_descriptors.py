"""The real process with few descriptors, while strangers hold all the connections that they can get."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journeys.program import furnish
from tests.telegram import LocalTelegram, telegram

__all__ = ["telegram"]

FEW = 96
STRANGERS = 400


@pytest.mark.long
async def test_strangers_at_the_web_side_take_no_descriptor_from_the_bot(
    tmp_path: Path, telegram: LocalTelegram
) -> None:
    """Of a crowd that says nothing only as many are let in as there is room for; members are answered, the log stays calm."""
    port = find_port()
    home = furnish(tmp_path, telegram, LISTEN=f"127.0.0.1:{port}", PUBLIC_URL=f"http://127.0.0.1:{port}")
    few = replace(home, wrapper=("sh", "-c", f'ulimit -n {FEW}; exec "$@"', "sh"))
    async with few.running() as program:
        await program.until_says("is served on")
        await program.until_polling(telegram)
        with ExitStack() as crowd:
            for _ in range(STRANGERS):
                stranger = crowd.enter_context(socket.socket())
                stranger.setblocking(False)
                stranger.connect_ex(("127.0.0.1", port))
            await asyncio.sleep(0)
            guest = telegram.world.add_person("Nia")
            telegram.world.press_start(guest)
            await telegram.until_message(guest, "Your link")
        assert await program.stop() == 0
    assert "out of system resource" not in program.read_errors()
    assert "Too many open files" not in program.read_errors()


def find_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

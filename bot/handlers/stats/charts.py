"""The picture of /stats, drawn by a process that ends with it: see `bot.cards.chart`."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

from bot.messages.stats.charts import ChartTexts

logger = logging.getLogger(__name__)

COMMAND = (sys.executable, "-P", "-m", "bot.cards.chart")
"""-P: whatever lies in the working folder is not what is meant by `bot`."""

LIMIT_SECONDS = 20.0
"""It takes half a second; a machine under load may take its time."""

LARGEST_BYTES = 2_000_000
MOST_SAID_BYTES = 4000


class ChartFailed(Exception):
    """There is no picture; the message is for the log."""


async def draw_chart(
    texts: ChartTexts, *, logo: bytes = b"", command: Sequence[str] = COMMAND, limit_seconds: float = LIMIT_SECONDS
) -> bytes | None:
    """The chart as PNG, the logo before its title where there is one; None, and a line in the log, where it cannot be had in time."""
    try:
        async with asyncio.timeout(limit_seconds):
            return await _run(command, json.dumps(asdict(texts) | {"logo": b64encode(logo).decode()}).encode())
    except (ChartFailed, OSError, TimeoutError) as error:
        logger.warning("The chart could not be drawn: %s", str(error) or "it took too long")
        return None


async def draw_aside(module: str, texts: Any) -> bytes | None:
    """Another picture that a module of `bot.cards` draws in a process of its own, given a mapping or a dataclass; likewise."""
    told = asdict(texts) if is_dataclass(texts) and not isinstance(texts, type) else texts
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await _run((*COMMAND[:-1], module), json.dumps(told).encode())
    except (ChartFailed, OSError, TimeoutError) as error:
        logger.warning("A picture of %s could not be drawn: %s", module, str(error) or "it took too long")
        return None


async def _run(command: Sequence[str], texts: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        picture = await _exchange(process, texts)
        said = await process.stderr.read(MOST_SAID_BYTES) if process.stderr else b""
        status = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()  # what it has said and nobody has read keeps its pipes open
    if status != 0 or not picture:
        raise ChartFailed(f"its process ended with {status}: {said.decode(errors='replace').strip()}")
    return picture


async def _exchange(process: Process, texts: bytes) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(texts)
    process.stdin.close()
    picture = b""
    while chunk := await process.stdout.read(65536):
        picture += chunk
        if len(picture) > LARGEST_BYTES:
            raise ChartFailed("it is larger than any picture should be")
    return picture

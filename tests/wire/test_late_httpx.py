"""httpx stays out of a process that does not use it, and is all there for whoever does."""

from __future__ import annotations

import subprocess
import sys

import pytest

_SCRIPT = """
import asyncio, sys
from bot.wire.late_httpx import import_telegram
import_telegram()
import bot.app
print("httpx" in sys.modules)
from telegram.request import HTTPXRequest
request = HTTPXRequest()
import httpx
print(type(request._client) is httpx.AsyncClient, httpx.Proxy("http://proxy.example:3128").url.port)
asyncio.run(request.shutdown())
import_telegram()
print(sys.modules["httpx"] is httpx)
"""


@pytest.mark.long
def test_httpx_is_loaded_once_somebody_asks() -> None:
    """The whole bot is imported without it; python-telegram-bot's own transport works as ever, and so does httpx itself."""
    ran = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n") == ["False", "True 3128", "True", ""]

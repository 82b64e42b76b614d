"""httpx stays out of a process that does not use it, and is all there for whoever does."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from bot.wire.late_httpx import import_telegram

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


def test_while_the_library_is_imported_its_names_are_types(monkeypatch: pytest.MonkeyPatch) -> None:
    """For annotations; afterwards nothing of that is left, and whoever kept the stand-in has the module's own names by it."""
    real = import_module("httpx")
    seen: list[tuple[str, ModuleType, object]] = []

    def note(name: str) -> ModuleType:
        later = sys.modules.get("httpx")
        if name != "httpx":
            assert later is not None
            seen.append((name, later, later.AsyncClient))
            return later
        return real

    monkeypatch.delitem(sys.modules, "httpx")
    monkeypatch.setattr("bot.wire.late_httpx.import_module", note)
    import_telegram()
    ((name, later, client),) = seen
    assert (name, later.__name__, client) == ("telegram.ext", "httpx", object)
    assert "httpx" not in sys.modules
    assert later.AsyncClient is real.AsyncClient
    monkeypatch.setitem(sys.modules, "httpx", real)
    import_telegram()
    assert (len(seen), sys.modules["httpx"]) == (1, real)


def test_a_library_that_cannot_be_imported_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever imports httpx after that has httpx."""

    def fail(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.delitem(sys.modules, "httpx", raising=False)
    monkeypatch.setattr("bot.wire.late_httpx.import_module", fail)
    with pytest.raises(ImportError, match=r"telegram\.ext"):
        import_telegram()
    assert "httpx" not in sys.modules

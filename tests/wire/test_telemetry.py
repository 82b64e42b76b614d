from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from telegram.error import TelegramError

import bot
from bot.log_budget import MOST_KINDS, LogBudget
from bot.telemetry import COUNTERS, LogFormat, Metrics, redact, set_up_logging
from bot.updates.application import PassalongApplication
from storage.errors import (
    LeaseLost,
    StoreBusy,
    StoreClosed,
    StoreDamaged,
    StoreError,
    StoreLeaving,
    StoreLost,
    StoreUnavailable,
)
from tests.wire.server import TOKEN, Server


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was before."""
    root, hook = logging.getLogger(), sys.excepthook
    level, handlers = root.level, list(root.handlers)
    yield
    sys.excepthook = hook
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_secret_is_redacted_wherever_it_stands(
    log_format: LogFormat, restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Message, arguments, exception text and traceback of every record lose it, named or only token-shaped."""
    set_up_logging("DEBUG", log_format, secrets=["12:short"])
    log = logging.getLogger("telegram.ext.ExtBot")
    log.debug("Set Bot API URL: %s", f"https://api.telegram.org/bot{TOKEN}")
    log.info(f"plain 12:short and 12%3Ashort {TOKEN}")  # noqa: G004 -- a stranger's record
    error = RuntimeError(f"cannot reach /bot12:short/getMe, nor {TOKEN}")
    error.__cause__ = ValueError(TOKEN)
    log.error("failed", exc_info=error)
    written = capsys.readouterr().err
    assert "failed" in written
    assert "ValueError" in written
    assert not re.search(f"{TOKEN}|12:short|12%3Ashort", written)
    assert written.count("<secret>") >= 6


def test_json_lines_are_json(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a line, whatever the text."""
    set_up_logging("INFO", "json")
    logging.getLogger("bot.x").warning("two\nlines and a \u5582 for %s", "Zo\u00eb")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["logger"], line["message"]) == (
        "WARNING",
        "bot.x",
        "two\nlines and a \u5582 for Zo\u00eb",
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", line["at"])


def test_libraries_that_write_addresses_are_quiet(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Even at DEBUG, HTTP libraries speak from WARNING on only."""
    set_up_logging("DEBUG")
    for name in ("httpx", "httpcore.connection", "aiohttp.client"):
        logging.getLogger(name).info("GET https://example.org")
    assert not capsys.readouterr().err


def test_setting_up_twice_writes_once(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The second call replaces the first's handler."""
    set_up_logging("INFO")
    set_up_logging("INFO")
    logging.getLogger("bot").info("once")
    assert capsys.readouterr().err.count("once") == 1


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (StoreUnavailable("it is away"), "WARNING"),
        (StoreBusy("somebody has it"), "WARNING"),
        (StoreLost("the lock is gone"), "WARNING"),
        (StoreLeaving("it is moving"), "WARNING"),
        (StoreDamaged("its file was replaced"), "ERROR"),
        (LeaseLost("another process goes on"), None),
        (StoreClosed("too late"), "ERROR"),
    ],
)
def test_a_database_in_trouble_is_said_in_words(
    error: StoreError, level: str | None, restored: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever met it first: no traceback, but for a unit that came after the end, which is a fault of ours."""
    set_up_logging("INFO")
    try:
        raise error
    except StoreError:
        logging.getLogger("bot.x").exception("The outbox cannot be read; trying again")
    written = capsys.readouterr().err
    assert ("Traceback" in written) == isinstance(error, StoreClosed)
    assert (level or "") in written
    assert (f"cannot be read; trying again ({error})" in written) == (level is not None and "Traceback" not in written)


def test_an_uncaught_error_is_redacted_too(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """What ends the process goes through the log."""
    set_up_logging("INFO")
    error = ValueError(f"bad {TOKEN}")
    sys.excepthook(ValueError, error, None)
    written = capsys.readouterr().err
    assert "ValueError: bad <secret>" in written


async def test_a_bots_life_at_debug_shows_no_token(
    restored: None, capsys: pytest.CaptureFixture[str], server: Server, application: PassalongApplication[object]
) -> None:
    """Building, starting, calling and failing at DEBUG leave no trace of the token."""
    set_up_logging("DEBUG", secrets=[TOKEN])
    await application.bot.send_message(5, "hello")
    server.replies["sendMessage"] = None  # type: ignore[assignment]  # the server breaks
    with pytest.raises(TelegramError):
        await application.bot.send_message(5, "hello")
    logging.getLogger("bot").info("%r %s %r", application, application.bot, application.bot)
    written = capsys.readouterr().err
    assert "PassalongBot[id=123456]" in written
    assert TOKEN.partition(":")[2] not in written


def test_honest_text_is_left_alone() -> None:
    """Times and numbers are no tokens."""
    assert redact("12:30, 2025-01-01T00:00:00Z, 123456:short") == "12:30, 2025-01-01T00:00:00Z, 123456:short"


def test_every_counter_has_its_meaning() -> None:
    """A counter nobody described cannot be counted."""
    metrics = Metrics()
    metrics.count("floods", 2)
    assert metrics.read() == {**dict.fromkeys(COUNTERS, 0), "floods": 2}
    with pytest.raises(KeyError):
        metrics.count("surprises")


def test_every_counter_is_counted_somewhere() -> None:
    """No counter is described that nothing counts."""
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(bot.__path__[0]).rglob("*.py"))
    assert not [name for name in COUNTERS if sources.count(f'"{name}"') < 2]


def write(name: str, line: int, level: int = logging.WARNING) -> logging.LogRecord:
    """A line from a place in the code."""
    return logging.LogRecord(name, level, "somewhere.py", line, "no %s", ("luck",), None)


def test_a_kind_of_line_has_a_budget() -> None:
    """Twenty at once and twenty a minute from one place in the code; the next that passes tells how many did not."""
    now = 100.0
    budget = LogBudget(clock=lambda: now)
    assert sum(budget.filter(write("bot.web", 7)) for _ in range(5000)) == 20
    assert budget.filter(write("bot.web", 8))
    now += 60
    later = [record for record in (write("bot.web", 7) for _ in range(5000)) if budget.filter(record)]
    assert len(later) == 20
    assert later[0].getMessage() == "no luck (and 4980 more like it, not written)"
    assert later[1].getMessage() == "no luck"


def test_a_full_table_of_descriptors_is_told_once_a_second() -> None:
    """The loop itself complains at each connection that it cannot take."""
    budget = LogBudget(clock=lambda: 5.0)
    assert sum(budget.filter(write("asyncio", 7, logging.ERROR)) for _ in range(5000)) == 1


@pytest.mark.parametrize("level", [logging.DEBUG, logging.CRITICAL])
def test_what_was_asked_for_and_what_ends_the_process_passes(level: int) -> None:
    """Neither is anything a stranger can have written at will."""
    budget = LogBudget(clock=lambda: 5.0)
    assert all(budget.filter(write("bot", 7, level)) for _ in range(100))


def test_the_budget_itself_is_bounded() -> None:
    """However many places speak, as many are remembered as there is room for."""
    budget = LogBudget(clock=lambda: 5.0)
    for line in range(MOST_KINDS * 3):
        budget.filter(write("bot", line))
    assert len(budget._buckets) == MOST_KINDS


def test_the_log_that_is_written_keeps_to_the_budget(restored: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Also what other libraries say."""
    set_up_logging("INFO")
    for _ in range(300):
        logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    assert capsys.readouterr().err.count("\n") == 20

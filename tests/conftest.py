"""Fixtures for every room: a clock that stands still, and an empty store on either engine."""

from __future__ import annotations

import logging
import re
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.process import nothing_collected
from storage import Store, open_store
from tests.storage.clock import Clock
from tests.storage.migrated import find_migrated, lay_migrated
from tests.storage.server import Server, ServerMissingError, skip_or_fail, start_server

for _ignored in (
    signal.SIGINT,
    signal.SIGHUP,
):  # as whoever starts tests in the background has them: programs would inherit that
    if signal.getsignal(_ignored) is signal.SIG_IGN:
        signal.signal(_ignored, signal.default_int_handler if _ignored is signal.SIGINT else signal.SIG_DFL)

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
"""A machine that is busy with something else fails nothing."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Generator[None, object, object]:
    """Ten thousand tests stay until the end: no look for garbage goes through them, neither while they are found nor later."""
    with nothing_collected():
        return (yield)


class Mute(logging.Handler):
    """Notes lines of the log that say nothing in words of ours, or not of what they are told to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note one where its text is none, or has room for values and was given none."""
        if not isinstance(record.msg, str) or (not record.args and _ROOM_FOR_A_VALUE.search(record.msg)):
            self.found.append(f"{record.pathname}:{record.lineno} {record.msg!r}")


_ROOM_FOR_A_VALUE = re.compile(r"%[sdrg]")
_MUTE = Mute()
for _ours in ("bot", "storage"):
    logging.getLogger(_ours).addHandler(_MUTE)


@pytest.fixture(autouse=True)
def told_in_words() -> Iterator[None]:
    """Whatever a test brings into the log is words, and names what they are about: whoever runs a shop has nothing else to go by."""
    _MUTE.found.clear()
    yield
    assert _MUTE.found == []


@pytest.fixture
def clock() -> Clock:
    """The store's clock."""
    return Clock()


@pytest.fixture(scope="session")
def migrated_sqlite() -> Path:
    """A SQLite file that is migrated and empty, to be copied."""
    return find_migrated()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that does not exist yet."""
    return f"sqlite:///{tmp_path}/new.db"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database, migrated and empty."""
    return lay_migrated(tmp_path / "passalong.db")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server of this process's own; where none can be had, tests skip, or fail if CI is set."""
    try:
        server = start_server()
    except ServerMissingError as error:
        skip_or_fail(str(error))
    yield server
    server.stop()


@pytest.fixture
def empty_postgres_url(postgres_server: Server) -> Iterator[str]:
    """A PostgreSQL database without any tables."""
    with postgres_server.lend_empty() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """A PostgreSQL database, migrated and empty."""
    with postgres_server.lend_migrated() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_store_url(request: pytest.FixtureRequest) -> str:
    """A database without any tables on each engine in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str, clock: Clock) -> AsyncIterator[Store]:
    """An open, empty store on each engine in turn, living by `clock`."""
    async with open_store(store_url, clock=clock) as opened:
        yield opened

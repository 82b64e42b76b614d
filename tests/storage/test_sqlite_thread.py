from __future__ import annotations

import inspect
import sqlite3
import threading
from pathlib import Path

import aiosqlite

from storage.engines.sqlite_lane import call_on_thread, connect


async def test_a_function_runs_as_one_call_on_the_connections_own_thread(tmp_path: Path) -> None:
    """What we lean on in aiosqlite: `_execute` runs a function on the thread, `_conn` is the raw connection."""
    async with connect(str(tmp_path / "x.db")) as connection:
        threads = [await call_on_thread(connection, lambda _: threading.get_ident()) for _ in range(2)]
        assert threads[0] == threads[1] != threading.get_ident()
        raw = await call_on_thread(connection, lambda given: given)
        assert isinstance(raw, sqlite3.Connection)
        assert raw.isolation_level is None


def test_the_semi_private_parts_of_aiosqlite_are_still_there() -> None:
    """A new aiosqlite that changes them fails here, in words, before it fails in the field."""
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters) == ["self", "fn", "args", "kwargs"]
    assert isinstance(inspect.getattr_static(aiosqlite.Connection, "_conn"), property)

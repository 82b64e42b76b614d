from __future__ import annotations

import inspect
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import aiosqlite

from storage.engines.sqlite_lane import call_on_thread, connect, write_jobs
from storage.tx import Job, Tx


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


async def test_units_have_a_savepoint_each_only_where_one_of_them_fails(tmp_path: Path) -> None:
    """It costs more than most units; those that share a commit with a failing one run once more, and count once."""
    said: list[str] = []
    raw = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    raw.execute("CREATE TABLE counted (number)")
    raw.set_trace_callback(said.append)

    def count(number: int) -> Callable[[Tx], None]:
        def unit(_: Tx) -> None:
            raw.execute(f"INSERT INTO counted VALUES ({number})")
            if number < 0:
                raise ValueError

        return unit

    for numbers in ((1, 2, 3), (4, -5, 6)):
        jobs = [Job(count(number), writable=True) for number in numbers]
        write_jobs(raw, jobs, lambda: 0)
        assert [job.error is not None for job in jobs] == [number < 0 for number in numbers]
        assert ("SAVEPOINT unit" in said) is (min(numbers) < 0)
    assert [number for (number,) in raw.execute("SELECT number FROM counted")] == [1, 2, 3, 4, 6]
    raw.close()

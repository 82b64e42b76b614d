"""The one place that leans on what is semi-private in aiosqlite; tests/storage/test_sqlite_thread.py guards it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, cast

import aiosqlite

T = TypeVar("T")

STATEMENTS_CACHED = 256
"""Prepared statements the driver keeps: more than there are statements in storage/tables."""


def connect(path: str) -> aiosqlite.Connection:
    """Return a connection to be entered with `async with`: its thread is no daemon and would outlive a failed start."""
    # isolation_level=None: the driver begins no transaction by itself.
    return aiosqlite.connect(path, isolation_level=None, cached_statements=STATEMENTS_CACHED)


async def call_on_thread(connection: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a function on the connection's own thread, as one call, and give it the raw connection."""
    raw = connection._conn  # noqa: SLF001  # the reason for this module
    execute = cast("Any", connection._execute)  # noqa: SLF001  # the reason for this module
    return cast("T", await execute(function, raw))

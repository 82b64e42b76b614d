"""One PostgreSQL database of this process: a pool and a line for all shops that lie in it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from storage.engines.postgres_connection import Connection, connect, explain, strip_schema
from storage.engines.postgres_line import Line
from storage.engines.postgres_pool import PostgresPool, Room
from storage.engines.postgres_poolers import refuse_pooler
from storage.engines.postgres_upgrade import refuse_old_server, refuse_other_encodings
from storage.tx import Job

T = TypeVar("T")
Then = Callable[[Future[Any]], None]
"""Called on the event loop once a call has come to its end."""

THREADS = 8
"""As many connections at most, and one for the line."""

LEFT_TO_OTHERS = 2
"""Of them, where several shops are open: however much one of them wants, the others need not wait for it."""


class PostgresServer:
    """Runs the work of several shops in turn, so that what one of them wants more of the others do not wait for."""

    def __init__(self, pool: PostgresPool, line: Line, executor: ThreadPoolExecutor) -> None:
        self.line = line
        self._pool = pool
        self._executor = executor
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[str, deque[tuple[Callable[[], Any], Then]]] = {}
        """What each shop wants; whose turn is next stands first."""
        self._running: Counter[str] = Counter()

    def submit(self, job: Job, room: Room, then: Callable[[], None], *, writable: bool) -> None:
        """Have a job run in a transaction of its own, and `then` called on the loop."""
        self._add(room.schema, partial(self._pool.run, job, room, writable=writable), lambda _: then())

    async def ask(self, url: str, function: Callable[[Connection], T], *, schema: str = "") -> T:
        """Call a function with a connection at rest, on a thread; its turn comes as that of any other work for the schema.

        Raises:
            StoreError: what the database has against it.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def call() -> T:
            with self._pool.lend(schema) as connection:
                return function(connection)

        def finish(called: Future[T]) -> None:
            error = called.exception()
            if done.cancelled():
                return
            if error is None:
                done.set_result(called.result())
            else:
                done.set_exception(explain(error, url))

        self._add(schema, call, finish)
        return await done

    def _add(self, schema: str, call: Callable[[], T], then: Callable[[Future[T]], None]) -> None:
        in_context = partial(copy_context().run, call)  # so that what it logs says whose shop it is
        self._waiting.setdefault(schema, deque()).append((in_context, then))
        self._pump()

    def _pump(self) -> None:
        """Start what may start: one call of each shop in turn, as long as there are threads."""
        while self._running.total() < THREADS and (schema := self._find_next()) is not None:
            waiting = self._waiting.pop(schema)
            call, then = waiting.popleft()
            if waiting:
                self._waiting[schema] = waiting  # at the end
            self._running[schema] += 1
            self._executor.submit(call).add_done_callback(partial(self._come_back, schema, then))

    def _find_next(self) -> str | None:
        alone = len(self._waiting.keys() | self._running.keys()) <= 1
        most = THREADS if alone else THREADS - LEFT_TO_OTHERS
        return next((each for each in self._waiting if self._running[each] < most), None)

    def _come_back(self, schema: str, then: Then, called: Future[Any]) -> None:
        """Called on the thread."""
        with suppress(RuntimeError):  # the loop has ended: whoever asked was cancelled before, and nobody waits
            self._loop.call_soon_threadsafe(self._finish, schema, then, called)

    def _finish(self, schema: str, then: Then, called: Future[Any]) -> None:
        self._running[schema] -= 1
        if not self._running[schema]:
            del self._running[schema]
        self._pump()
        then(called)


@asynccontextmanager
async def open_server(url: str) -> AsyncIterator[PostgresServer]:
    """Reach a database, and refuse what cannot be worked with."""
    address = strip_schema(url)
    await asyncio.to_thread(_look_over, address)
    line = Line(address)
    await line.open()
    pool = PostgresPool(address, most=THREADS)
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
    try:
        yield PostgresServer(pool, line, executor)
    finally:
        executor.shutdown(wait=False)
        pool.close()
        await line.close()


def _look_over(address: str) -> None:
    """Refuse what cannot be worked with, before anything is opened for good.

    Raises:
        StoreUnavailable: the server is too old, stores too few characters, or is reached by a pooler that shares sessions.
    """
    with connect(address) as connection:
        refuse_pooler(connection, address)
        refuse_old_server(connection)
        refuse_other_encodings(connection)

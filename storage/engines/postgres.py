"""PostgreSQL: a pool of threads that work, and one connection that holds the instance lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import psycopg

from storage.engines.postgres_connection import explain
from storage.engines.postgres_lock import PostgresLock, acquire
from storage.engines.postgres_pool import READING, WRITING, PostgresPool
from storage.engines.postgres_upgrade import prepare
from storage.tx import Announce, Clock, Job, Loss, settle

THREADS = 8


class PostgresEngine:
    """See `storage.store.Engine`."""

    tells_beside = False

    def __init__(self, pool: PostgresPool, executor: ThreadPoolExecutor, loss: Loss, announce: Announce) -> None:
        self._pool = pool
        self._executor = executor
        self._announce = announce
        self.loss = loss
        self._running: set[asyncio.Future[None]] = set()

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""
        self._run(job, WRITING)

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""
        self._run(job, READING)

    @staticmethod
    def find_mark() -> object:
        """Of what others write nothing is known here."""
        return object()

    async def drain(self) -> None:
        """Wait until no job is under way."""
        while self._running:
            await asyncio.wait(set(self._running))

    def _run(self, job: Job, begin: bytes) -> None:
        running = asyncio.get_running_loop().run_in_executor(self._executor, self._pool.run, job, begin)
        self._running.add(running)
        running.add_done_callback(partial(self._finish, job))

    def _finish(self, job: Job, running: asyncio.Future[None]) -> None:
        self._running.discard(running)
        settle([job], self._announce)
        self.loss.note(job.error)


@asynccontextmanager
async def open_postgres(url: str, clock: Clock, announce: Announce, *, migrate: bool) -> AsyncIterator[PostgresEngine]:
    """Open a PostgreSQL database for this process alone, and bring it up to date."""
    loss = Loss()
    with _explained(url):
        lock = PostgresLock(await asyncio.to_thread(acquire, url), url, loss, announce)
    pool = PostgresPool(url, clock, lock, most=THREADS)
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
    try:
        with _explained(url):
            await asyncio.to_thread(prepare, url, migrate=migrate)
        engine = PostgresEngine(pool, executor, loss, announce)
        try:
            yield engine
        finally:
            await engine.drain()
    finally:
        executor.shutdown(wait=False)
        pool.close()
        await lock.close()


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say what hinders a database from being opened, without its password."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(error, url) from None

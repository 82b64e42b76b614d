"""A bounded pool of connections to PostgreSQL, as many as the server grants, for all shops that lie there."""

from __future__ import annotations

import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import Connection, connect, explain
from storage.engines.postgres_fence import compose_sharing, demand_epoch
from storage.engines.postgres_session import PostgresSession
from storage.errors import CommitUnknown, StoreUnavailable
from storage.frozen import frozen
from storage.leases import Tenure
from storage.records import Event
from storage.tx import Clock, Job

logger = logging.getLogger(__name__)

ATTEMPTS = 5
LONGEST_PAUSE_SECONDS = 0.05

WRITING = b"BEGIN"
READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
PLAIN_PLANS = b"; SET LOCAL enable_memoize TO off"
"""A unit asks for ten rows of a million, and for who they are. The planner would keep those in a table laid out for all that it
expects (Memoize): of the first ten of a ranking, laying it out took several times as long as finding them."""

PLANS_KEPT = 500
"""Statements that a connection keeps prepared. The questions of `make big` are some 170; the driver keeps 100, and whoever asks in
turn what does not fit has each planned anew each time: up to half of a unit's time in a shop of a million."""

# Two transactions in each other's way: the server undid one of them.
_CONFLICTS = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


@frozen
class Room:
    """What the units of one shop need on a connection that many shops use.

    Both openings hold until the transaction ends, and nothing of them longer.
    """

    url: str
    schema: str
    clock: Clock
    writing: bytes
    reading: bytes
    tenure: Tenure | None = None
    """Whose epoch each unit that writes compares; None for a guest's, whose rules are constraints."""
    tell: Callable[[Connection, Sequence[Event]], None] | None = None
    """Says in the transaction what a unit that writes told, for other processes to hear once it is committed."""


def compose_openings(schema: str, fence: int | None) -> tuple[bytes, bytes]:
    """How a unit that writes and one that reads begin, each in one round trip.

    Who writes under a lease shares the fence, and reads the epoch in a statement after it: whoever takes the lease over
    counts the epoch up first, and then waits for the fence until nobody who read the old one is left.
    """
    here = SQL("; SET LOCAL search_path TO {}").format(Identifier(schema)).as_string().encode() + PLAIN_PLANS
    fenced = b"" if fence is None else b"; " + compose_sharing(fence).as_string().encode()
    return WRITING + here + fenced, READING + here


class PostgresPool:
    """Runs jobs on whatever thread calls, each on a connection that is free.

    Where the server grants fewer connections than `most`, those there are go round: one is enough.
    """

    def __init__(self, url: str, *, most: int) -> None:
        self._url = url
        self._most = most
        self._free: list[tuple[str, Connection]] = []
        """Each with the schema it was used for last: its plans fit there."""
        self._opened = 0
        self._closed = False
        self._opening = False
        """One at a time, so that what is not granted is met once; meanwhile those there are go round."""
        self._changed = threading.Condition()

    def run(self, job: Job, room: Room, *, writable: bool) -> None:
        """Run a job in one transaction and note its outcome; again after a conflict or a broken connection."""
        for attempt in itertools.count(1):
            try:
                with self.lend(room.schema) as connection:
                    broken = _attempt(connection, job, room, writable=writable)
            except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
                broken = error
            if broken is None:
                return
            job.fail(explain(broken, room.url))
            if attempt == ATTEMPTS or not _is_worth_another(broken):
                return
            time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS) * attempt)  # noqa: S311  # not a secret

    def close(self) -> None:
        """Close the connections; one that is still lent, when it is given back."""
        with self._changed:
            self._closed = True
            for _, connection in self._free:
                connection.close()

    @contextmanager
    def lend(self, schema: str) -> Iterator[Connection]:
        """Lend a connection at rest, which is to be given back at rest; waits for one where none is free."""
        connection = self._take(schema)
        try:
            yield connection
        finally:
            _bring_to_rest(connection)
            with self._changed:
                if self._closed:
                    connection.close()
                if connection.closed:
                    self._opened -= 1
                else:
                    self._free.append((schema, connection))
                self._changed.notify()

    def _take(self, schema: str) -> Connection:
        with self._changed:
            while not self._free and (self._opening or self._opened >= self._most):
                self._changed.wait()
            if self._free:
                return self._pick(schema)
            self._opening = True
        try:
            connection = connect(self._url)
        except psycopg.OperationalError as error:
            if not (self._opened and _is_crowded(error)):
                raise
            self._most = self._opened
            logger.warning("The database grants no more connections: going on with %d", self._most)
        else:
            connection.prepared_max = PLANS_KEPT
            with self._changed:
                self._opened += 1
            return connection
        finally:
            with self._changed:
                self._opening = False
                self._changed.notify_all()
        return self._take(schema)

    def _pick(self, schema: str) -> Connection:
        places = (place for place in reversed(range(len(self._free))) if self._free[place][0] == schema)
        return self._free.pop(next(places, 0))[1]


def _attempt(connection: Connection, job: Job, room: Room, *, writable: bool) -> BaseException | None:
    """Run a job once; what hindered it, if anything."""
    try:
        _open(connection, room, writable=writable)
        job.run(PostgresSession(connection), room.clock)
        if writable and room.tell is not None:
            room.tell(connection, job.events)
        _commit(connection)
    except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
        return error
    return None


def _open(connection: Connection, room: Room, *, writable: bool) -> None:
    """Begin the transaction of a unit.

    Raises:
        LeaseLost: the shop is another process's by now.
    """
    said = connection.execute(room.writing if writable else room.reading, prepare=False)
    if writable and room.tenure is not None:
        demand_epoch(said, room.tenure.epoch)


def _commit(connection: Connection) -> None:
    try:
        done = connection.execute(b"COMMIT").statusmessage
    except psycopg.OperationalError as error:
        if isinstance(error, _CONFLICTS):
            raise
        raise CommitUnknown("The database broke off during a commit: whether it counts is not known.") from None
    if done != "COMMIT":
        raise StoreUnavailable("A unit of work hid an error of the database, which then undid the unit.")


def _bring_to_rest(connection: Connection) -> None:
    """Roll back, or close it: what is still in a transaction must not meet the next unit."""
    try:
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.execute(b"ROLLBACK")
    except psycopg.Error:
        connection.close()
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.close()


def _is_worth_another(error: BaseException) -> bool:
    """Whether the unit surely changed nothing and may fare better: never after a doubtful commit."""
    if isinstance(error, _CONFLICTS):
        return True
    if not isinstance(error, psycopg.OperationalError | psycopg.InternalError):
        return False
    return error.diag.sqlstate in _CUT_OFF


_CUT_OFF = {None, "57P01", "57P02", "57P03", "57P05", "08006", "08003", "25P03"}
"""What a connection ends with when the server or the network goes; None where nobody could say anything any more."""


def _is_crowded(error: psycopg.OperationalError) -> bool:
    said = str(error)
    return error.diag.sqlstate == "53300" or any(
        words in said for words in ("too many clients", "too many connections", "remaining connection slots")
    )

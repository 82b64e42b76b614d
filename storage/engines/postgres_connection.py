"""Connecting to PostgreSQL, and saying what went wrong without saying a password."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Identifier

from storage.errors import RuleBroken, StoreDamaged, StoreUnavailable
from storage.migrations import HEAD

Connection = psycopg.Connection[tuple[Any, ...]]

_SCHEMA = re.compile(r"(?<=[?&])schema=[^&]*&|[?&]schema=[^&]*$")
"""Ours, not the driver's."""

UNREADABLE = (
    "The database URL cannot be read. Write postgresql://user:password@host:5432/name, "
    "with the special characters of the password percent-encoded."
)

_FAILURES = (psycopg.OperationalError, psycopg.InterfaceError)
_AWAY = {"0A000", "25006", "25P03", "25P04", "3F000", "42501", "42P01", "XX000"}
"""What else is the server's own state: plans that a migration outdated, a standby, a transaction cut off for its silence or length,
tables that somebody has moved, renamed or locked away, a mistake of its own."""

_DAMAGE = {"XX001", "XX002", "58030", "58P01"}
"""Broken rows, a broken index, a disk that fails, a file that is gone: nothing may be trusted any more."""

CURE = "Stop the bot, look at the server's disk, and restore the latest backup: passalong restore."

GRANT_SECONDS = 3.0
"""How long a new connection waits for its first answer: a server answers or refuses at once, a pooler that is full does not."""

CLIENT_NAME = "passalong"
LINE_NAME = f"{CLIENT_NAME} line {HEAD}"
"""Of the connection that each process has as long as it lives: whoever migrates sees who is older."""

DEFAULTS: dict[str, object] = {
    "application_name": CLIENT_NAME,
    "client_encoding": "utf8",
    "connect_timeout": 5,
    # A server or a network that is gone is noticed within about eleven seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def connect(url: str) -> Connection:
    """Open a connection that begins no transaction by itself; what the URL says wins over the defaults.

    Raises:
        psycopg.OperationalError: the server cannot be reached or refuses.
        StoreUnavailable: the URL cannot be read.
    """
    connection = psycopg.connect(make_conninfo("", **parse_address(url)), autocommit=True)
    try:
        with _within(GRANT_SECONDS, connection):
            connection.execute(b"SET idle_session_timeout = 0")  # an idle lock is a lock all the same
        if schema := find_schema(url):
            connection.execute(SQL("SET search_path TO {}").format(Identifier(schema)))
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _within(seconds: float, connection: Connection) -> Iterator[None]:
    """Bound the wait for a first answer: a full pooler takes everybody in, and then lets them wait for minutes.

    Raises:
        psycopg.errors.TooManyConnections: there was none.
    """
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        waited = threading.Event()

        def hang_up() -> None:
            waited.set()
            line.shutdown(socket.SHUT_RDWR)

        timer = threading.Timer(seconds, hang_up)
        timer.start()
        try:
            yield
        except psycopg.OperationalError:
            if waited.is_set():
                raise psycopg.errors.TooManyConnections(
                    f"too many connections: none was granted in {seconds:g} s"
                ) from None
            raise
        finally:
            timer.cancel()
            timer.join()


def find_schema(url: str) -> str:
    """The schema that a URL names by `schema=`; empty where the server chooses, `public` as a rule."""
    found = re.search(r"[?&]schema=([^&]*)", url)
    return unquote(found[1]) if found else ""


def strip_schema(url: str) -> str:
    """The URL of the database alone, which several shops may share."""
    return _SCHEMA.sub("", url)


def describe(url: str) -> str:
    """Return what of a URL may be shown."""
    options = parse_address(url)
    schema = f", schema {find_schema(url)}" if find_schema(url) else ""
    return f"{options.get('dbname', '')} on {options.get('host', 'this machine')}{schema}".strip()


def explain(error: BaseException, url: str) -> BaseException:
    """Turn the driver's errors into the store's; others pass."""
    if isinstance(error, psycopg.IntegrityError):
        # Only the first line: the details hold values, and values may be personal.
        explained: BaseException = RuleBroken(error.diag.message_primary or "a constraint was broken")
        explained.__cause__ = error
    elif isinstance(error, psycopg.Error) and error.sqlstate in _DAMAGE:
        explained = StoreDamaged(f"The database {describe(url)} is broken: {error.diag.message_primary}. {CURE}")
    elif isinstance(error, _FAILURES) or (isinstance(error, psycopg.Error) and error.sqlstate in _AWAY):
        # Without its cause: the driver may quote the URL.
        explained = StoreUnavailable(f"The database {describe(url)} failed: {_hide_password(_say(error), url)}")
    else:
        return error
    return explained


def parse_address(url: str) -> dict[str, Any]:
    """Read a URL without ever quoting it: a password with an unquoted @ or / ends up in its other parts."""
    try:
        options = conninfo_to_dict(_SCHEMA.sub("", url))
    except psycopg.ProgrammingError:
        raise StoreUnavailable(UNREADABLE) from None
    port, host, name = (str(options.get(key, "")) for key in ("port", "host", "dbname"))
    if not re.fullmatch(r"[\d,]*", port) or "@" in host + name:
        raise StoreUnavailable(UNREADABLE)
    return {**{key: value for key, value in DEFAULTS.items() if key not in options}, **options}


def _say(error: BaseException) -> str:
    """The driver's words in one line; of several tries to connect each says the same.

    Of what a server says the sentence, without the statement.
    """
    said = (error.diag.message_primary if isinstance(error, psycopg.Error) else None) or str(error)
    return " ".join(dict.fromkeys(line.strip() for line in said.splitlines()))


def _hide_password(text: str, url: str) -> str:
    password = str(parse_address(url).get("password", ""))
    for spelling in {password, quote(password), quote(password, safe="")} - {""}:
        text = text.replace(spelling, "***")
    return text

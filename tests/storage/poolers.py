"""What stands between a program and PostgreSQL in many houses: a real pgbouncer where there is one, and a stand-in that answers alike."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
POOLERS = ["stand-in", *(["pgbouncer"] if PGBOUNCER else [])]

HOST = "127.0.0.1"
READY, IDLE = b"Z", b"I"
SYNC_POINTS = {b"Q", b"S"}
"""A query, or the end of a series of messages: the server says that it is ready after each."""

FOREIGN_PID = 4_242
"""A pooler tells a process of its own at the connection."""


@contextmanager
def pooling(kind: str, url: str, mode: str, *, size: int = 20) -> Iterator[str]:
    """Put a pooler before a database while the context lasts; returns the address that leads through it.

    Args:
        kind: One of POOLERS.
        url: The database.
        mode: As pgbouncer calls it: session, transaction or statement; the stand-in knows transaction alone.
        size: Connections to the server at most.
    """
    made = _run_pgbouncer(url, mode, size) if kind == "pgbouncer" else _stand_in(url)
    with made as port:
        given = conninfo_to_dict(url)
        yield f"postgresql://{given.get('user', 'postgres')}@{HOST}:{port}/{given['dbname']}"


@contextmanager
def _run_pgbouncer(url: str, mode: str, size: int) -> Iterator[int]:
    assert PGBOUNCER is not None
    given, port = conninfo_to_dict(url), _find_port()
    with tempfile.TemporaryDirectory() as folder:
        where = " ".join(f"{name}={given[name]}" for name in ("host", "port", "user") if given.get(name))
        lines = ["[databases]", f"* = {where}", "[pgbouncer]", f"listen_addr = {HOST}", f"listen_port = {port}"]
        lines += ["unix_socket_dir =", "auth_type = any", f"pool_mode = {mode}", f"default_pool_size = {size}"]
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text("\n".join([*lines, "query_wait_timeout = 120", ""]))
        Path(folder).chmod(0o755)
        as_whom = ["-u", Path(str(given["host"])).owner()] if os.getuid() == 0 else []
        process = subprocess.Popen([PGBOUNCER, "-q", *as_whom, str(settings)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


@contextmanager
def _stand_in(url: str) -> Iterator[int]:
    """One connection to the server, lent to whoever has a transaction."""
    pooler, started = _StandIn(make_conninfo(url)), threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(pooler.serve(started),))
    thread.start()
    started.wait()
    try:
        yield pooler.port
    finally:
        pooler.stop()
        thread.join()


class _StandIn:
    """Speaks as much of the protocol as a pooler must: the start by itself, then whole transactions to the server."""

    def __init__(self, conninfo: str) -> None:
        self._given = conninfo_to_dict(conninfo)
        self._turn = asyncio.Lock()
        self.port = 0

    async def serve(self, started: threading.Event) -> None:
        """Serve until `stop`."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._from_server, self._to_server = await self._connect()
        self._greeting = await self._log_in()
        server = await asyncio.start_server(self._meet, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._over.wait()
        server.close()
        self._to_server.close()

    def stop(self) -> None:
        """End it, from any thread."""
        self._loop.call_soon_threadsafe(self._over.set)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = str(self._given["host"]), self._given.get("port") or 5432
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, int(port))

    async def _log_in(self) -> bytes:
        """Start a session and return the server's words about itself."""
        words = {
            "user": self._given.get("user", "postgres"),
            "database": self._given["dbname"],
            "client_encoding": "utf8",
        }
        body = struct.pack("!I", 196_608) + b"".join(f"{k}\0{v}\0".encode() for k, v in words.items()) + b"\0"
        self._to_server.write(struct.pack("!I", len(body) + 4) + body)
        greeting = b""
        while True:
            kind, whole = await _read_message(self._from_server)
            if kind == b"K":
                whole = b"K" + struct.pack("!III", 12, FOREIGN_PID, 1)
            greeting += whole
            if kind == READY:
                return greeting

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while struct.unpack("!I", (start := await _read_start(reader))[:4])[0] != 196_608:
                writer.write(b"N")  # neither TLS nor anything else
            del start
            writer.write(self._greeting)
            while await self._lend(reader, writer):
                pass
        writer.close()

    async def _lend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One transaction of one client; False when it says goodbye."""
        kind, whole = await _read_message(reader)
        if kind == b"X":
            return False
        async with self._turn:
            while True:
                self._to_server.write(whole)
                if kind in SYNC_POINTS and await self._answer(writer) == IDLE:
                    return True
                kind, whole = await _read_message(reader)

    async def _answer(self, writer: asyncio.StreamWriter) -> bytes:
        """Hand the server's answer on; returns in which state that leaves the session."""
        while True:
            kind, whole = await _read_message(self._from_server)
            writer.write(whole)
            if kind == READY:
                return whole[-1:]


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!I", head[1:])[0] - 4)


async def _read_start(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(struct.unpack("!I", await reader.readexactly(4))[0] - 4)


def _find_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        port: int = taken.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(500):
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.02)
    raise TimeoutError("pgbouncer does not listen")

"""Starts the real program in no time: a process that has imported the bot already, and forks one for each start.

What such a program does from its first setting to its last word is its own, and SIGKILL ends it like any other. Only the
second of imports is saved, in which nothing of a dialogue happens; `tests/journeys/test_process_*.py` start from nothing.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "bot.__main__",
    "bot.app",
    "bot.updates.intake",
    "bot.cards.studio",
    "bot.web.listening",
    "bot.web.server",
    "bot.web.site",
    "bot.campaign_commands",
    "bot.doctor.examination",
    *(f"storage.tables.{each.stem}" for each in (ROOT / "storage" / "tables").glob("[a-z]*.py")),
)
"""What commands import while they start, and the tables, which each would import anew at its first use."""


class ForkedProcess:
    """What `asyncio.subprocess.Process` is to a program, of one that the server forked."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._reader, self._writer = reader, writer
        self._ending = asyncio.ensure_future(self._read_status())

    async def wait(self) -> int:
        """Return the exit status once it has ended; negative after a deadly signal."""
        return await asyncio.shield(self._ending)

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    async def _read_status(self) -> int:
        self.returncode = int(await self._reader.readuntil())
        self._writer.close()
        return self.returncode


async def fork_program(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], stdout: Path, stderr: Path
) -> ForkedProcess:
    """Start `python -m bot` with arguments in a folder; what it says goes to two files."""
    for path in (stdout, stderr):
        path.touch()  # whoever reads what it says need not wait until it is there
    reader, writer = await asyncio.open_unix_connection(await asyncio.to_thread(start_server))
    order = [list(arguments), str(folder), dict(environment), str(stdout), str(stderr)]
    writer.write(json.dumps(order).encode() + b"\n")
    return ForkedProcess(int(await reader.readuntil()), reader, writer)


@cache
def start_server() -> str:
    """Start this process's server, which ends with it; returns the socket that it listens at."""
    folder = tempfile.mkdtemp(prefix="passalong-forks-")
    path = f"{folder}/forks"
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, path],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert server.stdout is not None
    assert server.stdout.readline(), "the server of forks does not start"
    atexit.register(server.communicate)  # which closes what it listens at for our end
    return path


class _Server:
    """The other side: one thread, no event loop, so that a fork of it is as good as new."""

    def __init__(self, path: str) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(path)
        self._listening.listen(64)
        self._running: dict[int, tuple[int, socket.socket]] = {}
        """Process and who asked for it, by the handle that tells of its end."""

    def serve(self) -> None:
        """Until the process that started it is gone; nothing outlives it."""
        while True:
            ready, _, _ = select.select([0, self._listening.fileno(), *self._running], [], [])
            if 0 in ready:
                break
            for handle in ready:
                if handle in self._running:
                    self._tell_end(handle)
                else:
                    self._start()
        for pid, _ in self._running.values():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(Path.cwd())

    def _start(self) -> None:
        connection, _ = self._listening.accept()
        with connection.makefile("r") as lines:
            line = lines.readline()
        if not line:  # who asked has ended meanwhile
            connection.close()
            return
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            _run(*order)
        self._running[os.pidfd_open(pid)] = pid, connection
        connection.sendall(f"{pid}\n".encode())

    def _tell_end(self, handle: int) -> None:
        pid, connection = self._running.pop(handle)
        os.close(handle)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with connection, suppress(OSError):  # nobody need listen any more
            connection.sendall(f"{status}\n".encode())


def _run(arguments: list[str], folder: str, environment: dict[str, str], stdout: str, stderr: str) -> NoReturn:
    """Be the program, with nothing of the server's but what it has imported."""
    status = 1
    try:
        os.setsid()
        for ignored in (signal.SIGINT, signal.SIGHUP):  # whoever started the tests may have had them ignored
            signal.signal(ignored, signal.SIG_DFL)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        for number, path, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            (2, stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        ):
            os.dup2(os.open(path, flags, 0o644), number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        status = import_module("bot.__main__").main(arguments)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # noqa: BLE001 -- as the interpreter does
        traceback.print_exc()
    finally:
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    for module in MODULES:
        import_module(module)
    server = _Server(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve()

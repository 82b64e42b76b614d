"""The real bot as a program of its own: started, asked to stop, killed, and read."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count, takewhile
from pathlib import Path

from bot.playground.world import Call
from tests.journeys.fork_server import ForkedProcess, fork_program
from tests.storage.migrated import lay_migrated
from tests.telegram import PATIENCE_SECONDS, LocalTelegram

__all__ = ["PATIENCE_SECONDS", "ROOT", "Home", "Program", "furnish", "furnish_forking", "furnish_new"]

ROOT = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""All that a program sees of the test's environment."""


@dataclass(slots=True, eq=False)
class Program:
    """One run of `python -m bot …`; what it says goes to files, so that it never waits for a reader."""

    process: Process | ForkedProcess
    stdout: Path
    stderr: Path
    started_at: int = field(default_factory=lambda: time.time_ns() // 1000)
    """UTC microseconds."""

    @property
    def status(self) -> int | None:
        """Exit status; None while it runs, negative after a deadly signal."""
        return self.process.returncode

    def read_output(self) -> str:
        """Everything on standard output so far."""
        return self.stdout.read_text(errors="replace")

    def read_errors(self) -> str:
        """Everything on standard error so far, the log included."""
        return self.stderr.read_text(errors="replace")

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    async def wait(self, timeout_seconds: float = PATIENCE_SECONDS) -> int:
        """Return the exit status; AssertionError shows what it said when it does not end in time."""
        try:
            return await asyncio.wait_for(self.process.wait(), timeout_seconds)
        except TimeoutError:
            raise AssertionError(f"still running after {timeout_seconds} s:\n{self.read_errors()[-4000:]}") from None

    async def kill(self) -> None:
        """SIGKILL, unless it has ended."""
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop and return the exit status."""
        self.send(number)
        return await self.wait()

    async def until_says(self, words: str, *, timeout_seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something stands in its log; AssertionError shows the log where it never does."""
        deadline = time.monotonic() + timeout_seconds
        while words not in self.read_errors():
            assert self.status is None, f"ended with {self.status} and never said {words!r}:\n{self.read_errors()}"
            assert time.monotonic() < deadline, f"never said {words!r}:\n{self.read_errors()}"
            await asyncio.sleep(0.02)

    async def until_polling(self, telegram: LocalTelegram, *, timeout_seconds: float = PATIENCE_SECONDS) -> Call:
        """Return its first getUpdates; AssertionError shows what it said when it ends without one."""
        polled = asyncio.ensure_future(
            telegram.until(lambda: self._find_poll(telegram), timeout_seconds=timeout_seconds, what="getUpdates")
        )
        ended = asyncio.ensure_future(self.process.wait())
        done, rest = await asyncio.wait({polled, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        if polled in done:
            return polled.result()
        raise AssertionError(f"ended with {self.status} before it polled:\n{self.read_errors()[-4000:]}")

    def _find_poll(self, telegram: LocalTelegram) -> Call | None:
        calls = takewhile(lambda call: call.at >= self.started_at, reversed(telegram.world.journal.calls))
        return next((call for call in calls if call.method == "getUpdates"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where programs live: their folder and their settings, by names without the prefix."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    code: Path = ROOT
    """Where the program's packages lie."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that are no settings of ours."""
    wrapper: Sequence[str] = ()
    """What starts the interpreter, and becomes it."""
    forks: bool = False
    """Programs are forked with everything imported, where the imports are not what it is about; saves a second a start."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def start(self, *arguments: str, **changes: str) -> Program:
        """Start `python -m bot` with arguments (default: run) and some settings of its own."""
        number = next(self._numbers)
        stdout, stderr = (self.folder / f"{number:03}.{name}" for name in ("stdout", "stderr"))
        order, environment = arguments or ("run",), self.compose_environment(**changes)
        if self.forks:
            forked = await fork_program(
                order, folder=self.folder, environment=environment, stdout=stdout, stderr=stderr
            )
            return Program(forked, stdout, stderr)
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = await asyncio.create_subprocess_exec(
                *self.wrapper,
                sys.executable,
                "-m",
                "bot",
                *order,
                cwd=self.folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        return Program(process, stdout, stderr)

    @asynccontextmanager
    async def running(self, *arguments: str, **changes: str) -> AsyncIterator[Program]:
        """Start a program that does not outlive the context."""
        program = await self.start(*arguments, **changes)
        try:
            yield program
        finally:
            await program.kill()

    async def run(self, *arguments: str, **changes: str) -> Program:
        """Run a program to its own end."""
        async with self.running(*arguments, **changes) as program:
            await program.wait()
        return program

    def compose_environment(self, **changes: str) -> dict[str, str]:
        """Return a program's environment: nothing of this process's own settings comes through."""
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        chosen = {f"PASSALONG_{name}": value for name, value in {**self.settings, **changes}.items()}
        return {**kept, "PYTHONPATH": str(self.code), **self.variables, **chosen}

    def read_everything(self) -> str:
        """All that any program of this home ever said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.std*")))


def furnish_new(folder: Path, telegram: LocalTelegram, **settings: str) -> Home:
    """Return a home whose programs talk to a local Telegram, with a database in the folder that the first of them makes."""
    folder.mkdir(exist_ok=True)
    return Home(
        folder=folder,
        settings={
            "BOT_TOKEN": telegram.token,
            "BOT_API_URL": telegram.url,
            "DATABASE_URL": f"sqlite:///{folder}/passalong.db",
            "LOG_LEVEL": "DEBUG",
            **settings,
        },
    )


def furnish(folder: Path, telegram: LocalTelegram, **settings: str) -> Home:
    """The same with a database that is made already, unless settings name another."""
    home = furnish_new(folder, telegram, **settings)
    if "DATABASE_URL" not in settings:
        lay_migrated(folder / "passalong.db")
    return home


def furnish_forking(folder: Path, telegram: LocalTelegram, **settings: str) -> Home:
    """The same, where programs start again and again: each is a process of its own, and none waits for imports."""
    return replace(furnish(folder, telegram, **settings), forks=True)

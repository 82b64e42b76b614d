"""The image, replayed in a root of its own, and the bot at work in it."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.playground.world import Message
from tests.deploy.chroot import Root, Untried, find_first, list_children, make_base
from tests.deploy.dockerfile import Instruction, Stage, parse_dockerfile
from tests.telegram import LocalTelegram, local_telegram

NEEDED = ("debootstrap", "unshare", "nsenter", "setpriv", "chroot")
STOP_SECONDS = 10.0
"""So long an engine waits by itself before it kills."""

START_SECONDS = 120.0

KILLED = 128 + signal.SIGTERM
"""As tini tells of a program that had no answer to the signal yet: nothing was open."""

FORBIDDEN = ("tests", "docs", ".git", "Makefile", "requirements-dev.lock")


class Image:
    """The stages of a Dockerfile as roots below a folder."""

    def __init__(self, context: Path, folder: Path) -> None:
        self._context = context
        self._folder = folder
        self._stages = parse_dockerfile((context / "Dockerfile").read_text(encoding="utf-8"))
        self.root = Root(folder / "final", self._stages[-1])

    def build(self, *, fresh: bool) -> str:
        """Make each stage by its own steps; says how large the last is.

        Raises:
            Untried: nothing here can make a root, or fetch what it is made of.
        """
        missing = [name for name in NEEDED if shutil.which(name) is None]
        if missing:
            raise Untried(f"needs {', '.join(missing)}, on Linux, as root")
        self._folder.mkdir(parents=True, exist_ok=True)
        base = self._find_base(fresh=fresh)
        roots: dict[str, Root] = {}
        for stage in self._stages:
            root = self.root if stage is self._stages[-1] else Root(self._folder / stage.name, stage)
            shutil.rmtree(root.path, ignore_errors=True)
            root.build(base, self._context, roots)
            roots[stage.name] = root
        return self._describe(base)

    def _find_base(self, *, fresh: bool) -> Path:
        suite = self._stages[0].base.partition("@")[0].rpartition("-")[2]
        base = self._folder / f"base-{suite}"
        if fresh:
            shutil.rmtree(base, ignore_errors=True)
        if not base.is_dir():
            sys.stdout.write(f"Fetching Debian {suite}; it takes some minutes\n")
            try:
                make_base(base, suite)
            except subprocess.CalledProcessError as error:
                raise Untried(f"no Debian {suite} can be had: {error}") from None
        return base

    def _describe(self, base: Path) -> str:
        python = subprocess.check_output(["chroot", str(base), "python", "--version"], text=True).split()[1]
        meant = re.search(r"python:(\d+\.\d+)", self._stages[0].base)
        assert meant, "the base names no Python"
        assert python.startswith(f"{meant[1]}."), f"the base has Python {meant[1]}, its stand-in {python}"
        kept = self.root.path / "opt/passalong"
        strange = [path for name in FORBIDDEN for path in kept.rglob(name) if "site-packages/bot" in str(path.parent)]
        strange += list(kept.rglob("pip"))
        assert not strange, f"the image holds what only builds or tests: {strange[:3]}"
        size = sum(path.lstat().st_size for path in kept.rglob("*") if path.is_file())
        return f"Python {python} of Debian in the place of the image's; /opt/passalong takes {size // 1024**2} MB"


async def try_bot(image: Image) -> str:
    """Have it greet somebody, be healthy, stop in time; and the next one remember."""
    if not image.root.path.is_dir():
        raise Untried("there is no image")
    state = image.root.path.parent / "state"
    shutil.rmtree(state, ignore_errors=True)
    state.mkdir()
    uid = int(image.root.stage.find("USER").partition(":")[0])
    shutil.chown(state, uid, uid)
    state.chmod(0o700)
    async with local_telegram() as telegram:
        first = await _live(image.root, state, telegram, "Ayu")
        second = await _live(image.root, state, telegram, "Budi")
        at_once = await _stop_early(image.root, state, telegram)
        telegram.assert_clean()
    return f"stopped by SIGTERM in {first:.1f} s and {second:.1f} s with a member greeted, in {at_once:.1f} s while it started"


async def _live(root: Root, state: Path, telegram: LocalTelegram, name: str) -> float:
    with _running(root, state, telegram) as process:
        person = telegram.world.add_person(name)
        said = telegram.world.press_start(person)
        greeting = await telegram.until_reply(said, timeout_seconds=START_SECONDS)
        card: Message = await telegram.until_reply(greeting, lambda each: each.photo is not None, timeout_seconds=60)
        assert card.photo is not None
        await asyncio.to_thread(_look_inside, root, find_first(process))
        return await asyncio.to_thread(_stop, process)


async def _stop_early(root: Root, state: Path, telegram: LocalTelegram) -> float:
    with _running(root, state, telegram) as process:
        return await asyncio.to_thread(_stop_when_begun, process, root.get_command()[0])


def _stop_when_begun(process: subprocess.Popen[bytes], program: str) -> float:
    deadline = time.monotonic() + START_SECONDS
    while _find_name(find_first(process)) != program:
        assert time.monotonic() < deadline, f"{program} has not begun"
        time.sleep(0.005)
    return _stop(process, {0, KILLED})


def _find_name(number: int) -> str:
    return Path(f"/proc/{number}/comm").read_text(encoding="utf-8").strip() if number else ""


@contextmanager
def _running(root: Root, state: Path, telegram: LocalTelegram) -> Iterator[subprocess.Popen[bytes]]:
    settings = {"PASSALONG_BOT_TOKEN": telegram.token, "PASSALONG_BOT_API_URL": telegram.url}
    process = root.start(state, settings)
    try:
        yield process
    finally:
        first = find_first(process) if process.poll() is None else 0
        if first:
            os.kill(first, signal.SIGKILL)
        process.wait()


def _look_inside(root: Root, number: int) -> None:
    """Healthy by its own check, nobody's root, with nothing to write on but its volume and /tmp."""
    (bot,) = list_children(number)
    assert "tini" in _find_name(number), "process 1 is another one"
    assert "passalong" in _find_name(bot), "what process 1 has begun is another one"
    status = Path(f"/proc/{bot}/status").read_text(encoding="ascii")
    assert re.search(r"^Uid:\s+10001\s", status, re.MULTILINE), "it runs as somebody else"
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE), "it may do more than a user may"
    health = root.ask(number, _get_health_check(root.stage))
    assert health.returncode == 0, f"the health check says {health.stdout}{health.stderr}"
    for place in ("/", "/etc", "/opt/passalong/bin", "/var/lib"):
        assert root.ask(number, ["touch", f"{place}/written"]).returncode != 0, f"{place} can be written to"
    assert root.ask(number, ["touch", "/var/lib/passalong/written"]).returncode == 0, "its volume cannot be written to"


def _get_health_check(stage: Stage) -> list[str]:
    command = Instruction("CMD", stage.find("HEALTHCHECK").partition("CMD ")[2]).arguments
    assert command is not None, "the health check wants a shell"
    return command


def _stop(process: subprocess.Popen[bytes], statuses: Collection[int] = (0,)) -> float:
    """Seconds from SIGTERM until it has ended by itself, with one of these statuses."""
    began = time.monotonic()
    os.kill(find_first(process), signal.SIGTERM)
    status = process.wait(STOP_SECONDS)
    assert status in statuses, f"it ended with status {status}"
    return time.monotonic() - began

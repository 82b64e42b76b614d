"""What the unit for systemd forbids, held against what the bot does: each system call, each kind of socket, no memory written and run."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy.chroot import Untried
from tests.telegram import local_telegram

_REFUSE_EXECUTABLE_WRITES = """
import ctypes, os, sys
if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:  # PR_SET_MDWE, since Linux 6.3: what the unit has seccomp refuse
    print("MDWE cannot be set", file=sys.stderr)
os.execv(sys.executable, [sys.executable, "-m", "bot", "run"])
"""
_AS_ROOT = {"fchown"}
"""Calls that SQLite makes for root alone, as whom it is traced here: its files get the owner of the database."""

START_SECONDS = 240.0
"""Each call of the bot's is looked at, and takes many times as long."""


def try_sandbox(unit: Path) -> str:
    """Have the bot greet somebody with a card while every call it makes is written down."""
    for program in ("strace", "systemd-analyze"):
        if shutil.which(program) is None:
            raise Untried(f"{program} is not installed here")
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        asyncio.run(_live(trace, Path(folder) / "shop.db"))
        return _compare(trace.read_text(encoding="utf-8", errors="replace"), unit.read_text(encoding="utf-8"))


async def _live(trace: Path, database: Path) -> None:
    async with local_telegram() as telegram:
        settings = {
            "PASSALONG_BOT_TOKEN": telegram.token,
            "PASSALONG_BOT_API_URL": telegram.url,
            "PASSALONG_DATABASE_URL": f"sqlite:///{database}",
            "NOTIFY_SOCKET": f"{database}.notify",
        }
        watched = ["strace", "--follow-forks", "--quiet=all", "--signal=none", f"--output={trace}"]
        command = [*watched, sys.executable, "-c", _REFUSE_EXECUTABLE_WRITES]
        process = await asyncio.create_subprocess_exec(
            *command, env=os.environ | settings, stderr=subprocess.PIPE, process_group=0
        )
        try:
            said = telegram.world.press_start(telegram.world.add_person("Ayu"))
            greeting = await telegram.until_reply(said, timeout_seconds=START_SECONDS)
            await telegram.until_reply(greeting, lambda each: each.photo is not None, timeout_seconds=START_SECONDS)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            log = (await process.communicate())[1].decode()
        assert "MDWE cannot" not in log, "this kernel cannot refuse memory that is written and run"
        assert process.returncode == 0, log


def _compare(trace: str, unit: str) -> str:
    used = set(re.findall(r"^\d+ +(\w+)\(", trace, re.MULTILINE)) - _AS_ROOT
    allowed = list_allowed(unit)
    assert used, "nothing was seen"
    assert used <= allowed, f"the unit forbids what the bot does: {', '.join(sorted(used - allowed))}"
    families = set(re.findall(r"socket\((AF_\w+)", trace))
    granted = set(re.findall(r"AF_\w+", unit))
    assert families <= granted, f"the unit forbids sockets: {', '.join(sorted(families - granted))}"
    return f"{len(used)} system calls and {len(families)} kinds of sockets, all of them allowed; none wrote memory and ran it"


def list_allowed(unit: str) -> set[str]:
    """The names of all system calls that a unit's SystemCallFilter lines leave."""
    allowed = set[str]()
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        named = {name for word in line.removeprefix("~").split() for name in _list_set(word)}
        allowed = allowed - named if line.startswith("~") else allowed | named | _list_set("@default")
    return allowed


def _list_set(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    said = subprocess.check_output(["systemd-analyze", "syscall-filter", word], text=True)
    lines = [line.strip() for line in said.splitlines()[1:]]
    return {name for line in lines if line and not line.startswith("#") for name in _list_set(line)}

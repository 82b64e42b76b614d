"""Where a process runs, so that another one on the same machine can tell at once that it is dead."""

from __future__ import annotations

import os
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMES = Path("/proc/self/ns/pid")
_DEAD = frozenset("ZXx")


def describe_place() -> str:
    """This process, as nobody else on this machine is called until it starts anew; empty where that cannot be told."""
    try:
        return f"{_describe_machine()} {os.getpid()} {_find_start(os.getpid())}"
    except (OSError, LookupError, ValueError):
        return ""


def is_surely_dead(place: str) -> bool:
    """Whether a process of that place was here and is not any more; False where it is somewhere else, or nobody can tell."""
    try:
        machine, number, started = place.rsplit(" ", 2)
        return machine == _describe_machine() and _find_start(int(number)) != started
    except (OSError, LookupError, ValueError):
        return False


def _describe_machine() -> str:
    """This boot of the machine, and within it this container: numbers of processes mean something there alone."""
    return f"{_BOOT.read_text().strip()} {_NAMES.readlink()}"


def _find_start(number: int) -> str:
    """When a process started, by its machine's ticks; empty where it is none or dead.

    Raises:
        OSError: it is there, and /proc does not show it: another user's, where those are hidden.
    """
    try:
        said = Path(f"/proc/{number}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return _find_hidden(number)
    fields = said.rpartition(")")[2].split()
    return "" if fields[0] in _DEAD else fields[19]


def _find_hidden(number: int) -> str:
    """A signal that is none says whether a process is there, also to whom /proc does not show it; raises likewise."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return ""
    raise PermissionError(number)

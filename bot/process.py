"""What holds for a whole process, and so is set only where that is nothing but a running bot."""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter to itself. The store's threads hand it back at every statement, and by
default would wait 5 ms each time for a busy event loop to let go of it."""

COLLECT_AFTER = 2_000
"""New objects before the interpreter looks for circular garbage, of which there is little; 700 by default."""


MAPPED_BYTES = 2_500_000
"""From this size on memory goes back to the system as soon as it is free. The rows of a card are smaller, and are drawn two
hundred times a second; the whole of one, from which its template is made, is larger. By itself glibc would keep as much as
the largest picture took, and ever more."""

HEAPS = 2
"""Threads draw from so many heaps, of which each keeps what its busiest moment took; few of them run at once."""

_ARENA_MAX, _MMAP_THRESHOLD = -8, -3  # as malloc.h numbers what mallopt can set


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is made in between stays, so nobody looks for garbage among it, then or later.

    It is for importing: of a start, a sixth of the time was spent looking at what had been imported so far.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def tune_process() -> None:
    """Set what holds for a whole process that is nothing but a running bot, once all of it has been imported."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(COLLECT_AFTER)
    set_up_heaps()


def raise_descriptor_limit() -> int:
    """Let this process open as many files and connections as it may; returns how many those are.

    What systems give by default, 1,024, is meant for programs that wait by `select`.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def set_up_heaps() -> None:
    """Have glibc keep less; other C libraries have other rules."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, MAPPED_BYTES)
        mallopt(_ARENA_MAX, HEAPS)

"""Memory that is free already, and not the system's yet: glibc keeps what lies between things that stay."""

from __future__ import annotations

import asyncio
import ctypes
import sys
import time
from collections.abc import Callable

LATER_SECONDS = 30.0
"""After the first of what is freed: connections come and go, and each page that goes has to come back for the next."""


def give_back_memory() -> None:
    """Hand the pages that nothing lies on any more back to the system, where the C library can.

    It takes some milliseconds, and about as much again until the pages are there anew.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


class Heap:
    """Has free memory given back some time after somebody has freed much of it, for all of a process at once.

    Args:
        give_back: Does it; on a thread.
        later_seconds: How long what is freed lies until then, at most.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        give_back: Callable[[], None] = give_back_memory,
        *,
        later_seconds: float = LATER_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._give_back = give_back
        self._later_seconds = later_seconds
        self._clock = clock
        self._due = float("inf")

    def note_freed(self) -> None:
        """A connection to a database is going, and with it megabytes of pages."""
        self._due = min(self._due, self._clock() + self._later_seconds)

    def tidy(self) -> None:
        """Have it given back beside the loop, if it is time; on the loop."""
        if self._clock() >= self._due:
            self._due = float("inf")
            asyncio.get_running_loop().run_in_executor(None, self._give_back)


HEAP = Heap()
"""The process's: what one shop frees lies among what others keep."""

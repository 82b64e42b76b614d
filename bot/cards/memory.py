"""Memory that drawing leaves behind."""

from __future__ import annotations

import ctypes
import sys


def give_back_memory() -> None:
    """Hand the pages that nothing lies on any more back to the system, where the C library can.

    What a whole card takes while it is drawn is ten times what stays of it, and glibc by itself keeps it for the next.
    It takes a millisecond, and about as much again until the pages are there anew: too dear for each card.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)

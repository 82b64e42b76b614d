"""The store's time: UTC microseconds since 1970."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]


def utc_now() -> int:
    """Return the wall clock in UTC microseconds."""
    return time.time_ns() // 1_000

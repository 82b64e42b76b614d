"""A job: work at the bot's own pace, declared once and run by the supervisor when it is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.frozen import frozen
from storage.store import Store
from storage.tx import Tx


@frozen
class Job:
    """What is done, and how often."""

    name: str
    """Its key in the store, for ever: a job that is renamed is due anew."""
    every_seconds: float
    """From the end of one run to the beginning of the next; also the longest rest after failures."""
    quiet_seconds: float = 300.0
    """Likewise while nothing is written by anybody, where that is longer: then only time can have made something due."""
    find_next: Callable[[Tx], int | None] | None = None
    """For what happens at moments that people were told: the next of them as far as it is written down, UTC microseconds, or
    None; asked after each run, which has done what was due until then."""
    run: Callable[[Store], Awaitable[object]]
    """What it raises is logged, counted and tried again."""
    limit_seconds: float = 600.0
    """A run that takes longer has failed: jobs wait for each other."""

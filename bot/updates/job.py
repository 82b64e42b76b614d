"""A job: work at the bot's own pace, declared once and run by the supervisor when it is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.frozen import frozen
from storage.store import Store


@frozen
class Job:
    """What is done, and how often."""

    name: str
    """Its key in the store, for ever: a job that is renamed is due anew."""
    every_seconds: float
    """From the end of one run to the beginning of the next; also the longest rest after failures."""
    quiet_seconds: float = 300.0
    """Likewise while nothing is written by anybody, where that is longer: then only time can have made something due. Shorter
    for what happens at a moment that people were told."""
    run: Callable[[Store], Awaitable[object]]
    """What it raises is logged, counted and tried again."""
    limit_seconds: float = 600.0
    """A run that takes longer has failed: jobs wait for each other."""

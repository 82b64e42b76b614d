"""What the store asks of an engine."""

from __future__ import annotations

from typing import Protocol

from storage.engines.jobs import Job


class Engine(Protocol):
    """An open database under its instance lock. Its methods are called on the event loop."""

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""

    @property
    def is_lost(self) -> bool:
        """Whether the instance lock was lost."""

    async def wait_lost(self) -> None:
        """Return when the instance lock is lost."""

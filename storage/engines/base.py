"""What the store asks of an engine."""

from __future__ import annotations

from typing import Protocol

from storage.engines.jobs import Job, Loss


class Engine(Protocol):
    """An open database under its instance lock. Its methods are called on the event loop."""

    def write(self, job: Job) -> None:
        """Run a job in a transaction of its own, and settle it."""

    def read(self, job: Job) -> None:
        """Run a job that only reads, and settle it."""

    @property
    def loss(self) -> Loss:
        """Whether it is of no use any more."""

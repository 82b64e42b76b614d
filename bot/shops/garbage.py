"""Circular garbage in a process of many shops: whom looking for it is charged to, and where it need not be looked for again."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

ENDS_FORGIVEN = 8
"""So many shops may have ended, besides a quarter of those that run, before all is looked through for what they left: as
the interpreter does when what is old has grown by a quarter."""


class Pauses:
    """For how long a process has stood still while garbage was looked for; it does so for whoever it happens to meet.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._began_at = 0.0
        self.seconds = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the pauses in between."""
        gc.callbacks.append(self._note)
        try:
            yield
        finally:
            gc.callbacks.remove(self._note)

    def _note(self, phase: str, _found: Mapping[str, int]) -> None:
        if phase == "start":
            self._began_at = self._clock()
        else:
            self.seconds += self._clock() - self._began_at


class Keep:
    """What the starts of shops have made and stays: set aside, so that looking for garbage takes no longer the more shops run.

    A shop is some three thousand objects; to look through those of twenty held up everybody for 30 to 46 ms each time. What a
    shop that has ended leaves behind lies there too, so all is looked through once many have.
    """

    def __init__(self) -> None:
        self._running = self._ended = 0
        self._done = False

    def let_go(self) -> None:
        """All end now: nobody waits for garbage to be found."""
        self._done = True

    @contextmanager
    def kept(self) -> Iterator[None]:
        """A shop is at work in between."""
        self._note_start()
        try:
            yield
        finally:
            self._note_end()

    def _note_start(self) -> None:
        """Look through what is new, and set aside what is left."""
        self._running += 1
        gc.collect()
        gc.freeze()

    def _note_end(self) -> None:
        self._running -= 1
        self._ended += 1
        if not self._done and self._ended > ENDS_FORGIVEN + self._running / 4:
            self._ended = 0
            gc.unfreeze()
            gc.collect()
            gc.freeze()

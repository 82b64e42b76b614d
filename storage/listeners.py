"""Those who hear of commits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from storage.records import Event

logger = logging.getLogger(__name__)

Listener = Callable[[Sequence[Event]], None]


class Listeners:
    """Functions called on the event loop after each commit, with the events of the committed units."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def add(self, listener: Listener) -> None:
        """Have a listener called from now on."""
        self._listeners.append(listener)

    def announce(self, events: Sequence[Event]) -> None:
        """Deliver events; a listener that fails harms neither the commit nor the other listeners."""
        for listener in self._listeners:
            try:
                listener(events)
            except Exception:
                logger.exception("A listener of the store failed; the commit stands.")

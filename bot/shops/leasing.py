"""Which shops this process runs: all of them where it is alone, those whose lease it has where there are others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NoReturn, Protocol

from storage.leases import Tenure

Listener = Callable[[frozenset[str]], None]
"""Called on the event loop with the names of all shops that are to be run here from now on."""


class Leasing(Protocol):
    """Says which of the wanted shops are ours.

    Whoever runs them starts a shop that has come, and stops one that has gone; once it has stopped, `hand_over` frees its
    lease. A store whose tenure was lost ends by itself with `LeaseLost`: that shop has gone from the set as well, and may come
    again under another tenure.
    """

    async def run(self) -> NoReturn:
        """Take and watch leases until it is cancelled; then those that are still held are freed.

        Raises:
            StoreError: no database can be used as it is, by a mistake that waiting will not mend.
        """

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """Say which shops there are, by name, each with the URL of its database; those gone from it are to be stopped."""

    def subscribe(self, listener: Listener) -> None:
        """Have a listener called with the shops that are ours whenever they change, and now if there are any."""

    def get_tenure(self, name: str) -> Tenure | None:
        """What to open the shop's store with; None where the store takes its own lock, as on SQLite."""

    async def hand_over(self, name: str) -> None:
        """Free the lease of a shop that does not run here any more: who stands by takes it at once."""


class Alone:
    """Everything is ours: on SQLite, where the lock on each file says the rest."""

    def __init__(self) -> None:
        self._wanted: frozenset[str] = frozenset()
        self._listeners: list[Listener] = []

    async def run(self) -> NoReturn:
        """Wait to be cancelled."""
        await asyncio.Future()
        raise AssertionError

    def set_wanted(self, shops: Mapping[str, str]) -> None:
        """See `Leasing`."""
        wanted = frozenset(shops)
        if wanted != self._wanted:
            self._wanted = wanted
            for listener in self._listeners:
                listener(wanted)

    def subscribe(self, listener: Listener) -> None:
        """See `Leasing`."""
        self._listeners.append(listener)
        if self._wanted:
            listener(self._wanted)

    def get_tenure(self, name: str) -> Tenure | None:  # noqa: ARG002 -- the protocol's
        """None: each store locks its own file."""
        return None

    async def hand_over(self, name: str) -> None:
        """Nobody stands by."""

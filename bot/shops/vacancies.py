"""The shops that nobody runs: since when, and from when on anybody may take them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from bot.shops.balance import list_free
from storage.leases import Peer

OVERDUE_SECONDS = 3.0
"""A shop that is free for so long is taken by anybody, whoever was to take it."""

ORPHANED_SECONDS = 1.0
"""Likewise where its process has died: nobody is about to hand it over, and people wait."""


class Vacancies:
    """What is free, look by look; moments are seconds of whatever clock the caller has."""

    def __init__(self) -> None:
        self._anybodys_from: dict[str, float] = {}
        self._peers: Sequence[Peer] = ()
        """Who lived at the last look."""
        self.orphaned: frozenset[str] = frozenset()
        """Those of them whose process has died, as this look has shown."""

    def __iter__(self) -> Iterator[str]:
        """By name."""
        return iter(sorted(self._anybodys_from))

    def note(self, peers: Sequence[Peer], shops: Collection[str], now: float) -> None:
        """Look at who lives, and which of these shops nobody of them runs."""
        alive = {peer.id for peer in peers}
        gone = [peer for peer in self._peers if peer.id not in alive]
        free = list_free(peers, shops)
        self.orphaned = frozenset(name for name in free if any(name in peer.held for peer in gone))
        self._peers = tuple(peers)
        self._anybodys_from = {
            name: self._anybodys_from.get(name, now + (ORPHANED_SECONDS if name in self.orphaned else OVERDUE_SECONDS))
            for name in free
        }

    def is_anybodys(self, name: str, now: float) -> bool:
        """Whether whoever comes may take it."""
        return now >= self._anybodys_from[name]

    def find_next(self, now: float) -> float | None:
        """When the next of them may be taken by anybody; None where that is said of all."""
        return min((each for each in self._anybodys_from.values() if each > now), default=None)

    def fill(self, name: str) -> None:
        """Somebody has taken it."""
        self._anybodys_from.pop(name, None)

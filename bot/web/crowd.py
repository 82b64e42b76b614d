"""Everybody who is connected: whoever makes us wait leaves first when there is no more room."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from bot.core.addresses import compute_neighbourhood

MOST_CONNECTIONS = 1000
LEAST_CONNECTIONS = 8


def compute_most_connections(limit: int, *, own: int) -> int:
    """How many connections there may be, so that the bot's own files and connections always find a descriptor.

    Args:
        limit: What the process may have open.
        own: What the bot needs for itself.
    """
    return max(LEAST_CONNECTIONS, min(MOST_CONNECTIONS, limit - own))


class Guest(Protocol):
    """One connection."""

    transport: asyncio.Transport

    @property
    def address(self) -> str:
        """Where it comes from."""

    @property
    def is_listening_slowly(self) -> bool:
        """Whether an answer waits for its reader."""


class Crowd:
    """Who is connected, and of those who has to send something before there is anything to do.

    Args:
        most: How many there may be at once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._all: set[Guest] = set()
        self._waited_for: defaultdict[str, dict[Guest, None]] = defaultdict(dict)

    def enter(self, guest: Guest) -> None:
        """Take somebody in; where there is no more room, somebody leaves for it.

        The address with the most connections that make us wait gives the one that does so for longest; where all are
        being answered, the one with the most that read slowly; where there is none, the newcomer leaves.
        """
        self._all.add(guest)
        if len(self._all) > self._most:
            self._make_room(guest)
        if guest in self._all:
            self.wait_for(guest)

    def wait_for(self, guest: Guest) -> None:
        """Note that it is this one's turn to send."""
        self._waited_for[compute_neighbourhood(guest.address)][guest] = None

    def answer(self, guest: Guest) -> None:
        """Note that it is our turn."""
        neighbourhood = compute_neighbourhood(guest.address)
        waited_for = self._waited_for.get(neighbourhood)
        if waited_for is not None:
            waited_for.pop(guest, None)
            if not waited_for:
                del self._waited_for[neighbourhood]

    def leave(self, guest: Guest) -> None:
        """Forget somebody."""
        self._all.discard(guest)
        self.answer(guest)

    def __len__(self) -> int:
        return len(self._all)

    def _make_room(self, newcomer: Guest) -> None:
        waited_for = max(self._waited_for.values(), key=len, default=None)
        oldest = next(iter(waited_for)) if waited_for else self._find_slow_listener() or newcomer
        self.leave(oldest)
        oldest.transport.abort()

    def _find_slow_listener(self) -> Guest | None:
        slow = _group(guest for guest in self._all if guest.is_listening_slowly)
        return max(slow, key=len)[0] if slow else None


def _group(guests: Iterable[Guest]) -> list[list[Guest]]:
    found: defaultdict[str, list[Guest]] = defaultdict(list)
    for guest in guests:
        found[compute_neighbourhood(guest.address)].append(guest)
    return list(found.values())

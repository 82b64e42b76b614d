"""How the poll loop bears failures: how long it waits, and when it leaves."""

from __future__ import annotations

GROWTH = 2.0
MOST = 4.0
"""The longest wait, in first waits."""

CONFLICT_MEMORY_SECONDS = 60.0
FEWEST_CONFLICTS = 3
SETTLED_PATIENCE = 3.0
"""A poller that was alone at first is this much more patient: of two, the newcomer should leave."""

SETTLED_AFTER = 0.6
"""In patiences: a newcomer meets the other poller sooner than this, though Telegram takes 3 s to say so."""


class PollingEnded(Exception):
    """The bot cannot go on fetching updates; the text says why, and is for the operator."""


class TokenRefused(PollingEnded):
    """401 or 404: Telegram does not know this token."""


class OtherPoller(PollingEnded):
    """409 again and again: somebody else fetches this bot's updates."""


class PollerStuck(PollingEnded):
    """No useful answer for too long."""


class BackOff:
    """Growing waits between failures."""

    def __init__(self, first_seconds: float) -> None:
        self._first = first_seconds
        self._next = first_seconds

    def next(self) -> float:
        """Seconds to wait now; the next time it is longer."""
        seconds, self._next = self._next, min(self._next * GROWTH, self._first * MOST)
        return seconds

    def reset(self) -> None:
        """It works again."""
        self._next = self._first


class Conflicts:
    """Tells another poller that stays from one that was killed and whose last poll is still open.

    Two pollers end each other's polls in turn, so that successes in between mean nothing: counted are the
    conflicts within a minute.

    Args:
        patience_seconds: How long conflicts may go on.
        started: When this poller began.
    """

    def __init__(self, patience_seconds: float, *, started: float) -> None:
        self._patience = patience_seconds
        self._memory = max(CONFLICT_MEMORY_SECONDS, 2 * SETTLED_PATIENCE * patience_seconds)
        self._started = started
        self._moments: list[float] = []

    def is_hopeless(self, now: float) -> bool:
        """Note a conflict; True once it is time to leave."""
        if not self._moments or now - self._moments[-1] > self._memory:
            self._alone_for = now - self._started
        self._moments = [moment for moment in self._moments if now - moment <= self._memory]
        self._moments.append(now)
        settled = self._alone_for > SETTLED_AFTER * self._patience
        patience = self._patience * (SETTLED_PATIENCE if settled else 1.0)
        return len(self._moments) >= FEWEST_CONFLICTS and now - self._moments[0] >= patience

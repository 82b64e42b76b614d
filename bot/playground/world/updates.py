"""The queue of what the bot has not confirmed yet."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND
WEEK = 7 * DAY

LIFETIMES = {
    "callback_query": 150 * SECOND,
    "inline_query": 30 * SECOND,
    "chosen_inline_result": 600 * SECOND,
}
"""How long, in microseconds, an update waits to be fetched; all others a day."""

LEFT_OUT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds a bot gets only by naming them in allowed_updates."""

# An offset further ahead than this is taken for a mistake and read as "from the oldest on".
_MAX_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Update:
    """One thing the bot is told."""

    id: int
    kind: str
    body: dict[str, Any]
    lane: tuple[str, int]
    """Webhooks deliver one update of a lane at a time, in order."""
    expires_at: int

    def render(self) -> dict[str, Any]:
        """Return the Bot API's Update."""
        return {"update_id": self.id, self.kind: self.body}


class UpdateQueue:
    """Updates by growing id: kept until confirmed by an offset, delivered to a webhook, or expired."""

    def __init__(self, clock: Callable[[], int], random: Random) -> None:
        self._clock = clock
        self._random = random
        self._waiting: OrderedDict[int, Update] = OrderedDict()
        self._next_id = random.randrange(100_000_000, 900_000_000)
        self._last_at = clock()
        self._soonest = self._last_at + DAY  # no update expires before, so that nobody looks at all of them each time
        self._allowed: frozenset[str] = frozenset()
        self.added = 0
        """How many were ever put in."""

    @property
    def allowed(self) -> list[str]:
        """The kinds the bot asked for; empty means the default."""
        return sorted(self._allowed)

    def allow(self, kinds: Iterable[str]) -> None:
        """Remember which kinds the bot wants from now on; none of them means the default."""
        self._allowed = frozenset(kinds)

    def wants(self, kind: str) -> bool:
        """Whether an update of this kind would be kept."""
        return kind in self._allowed if self._allowed else kind not in LEFT_OUT

    def add(self, kind: str, body: dict[str, Any], lane: tuple[str, int]) -> Update | None:
        """Put an update at the end; None where the bot did not ask for its kind."""
        if not self.wants(kind):
            return None
        now = self._clock()
        if not self._waiting and now - self._last_at >= WEEK:
            self._next_id = self._random.randrange(100_000_000, 900_000_000)
        update = Update(self._next_id, kind, body, lane, now + LIFETIMES.get(kind, DAY))
        self._waiting[update.id] = update
        self._soonest = min(self._soonest, update.expires_at)
        self._next_id += 1
        self._last_at = now
        self.added += 1
        return update

    def take(self, offset: int, limit: int) -> list[Update]:
        """Confirm everything below `offset` (negative: all but the last ones) and return what follows, oldest first."""
        if offset < 0:
            self._forget_below(self._next_id + offset)
        elif 0 < offset <= self._next_id + _MAX_AHEAD:
            self._forget_below(offset)
        self._forget_expired()
        return list(islice(self._waiting.values(), limit))

    def list_waiting(self) -> list[Update]:
        """Return all that is neither confirmed nor expired."""
        self._forget_expired()
        return list(self._waiting.values())

    def count_waiting(self) -> int:
        """Return how many wait."""
        self._forget_expired()
        return len(self._waiting)

    def remove(self, update: Update) -> None:
        """Forget one update: it was delivered, or nobody can take it any more."""
        self._waiting.pop(update.id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._waiting.clear()

    def _forget_below(self, offset: int) -> None:
        while self._waiting and next(iter(self._waiting)) < offset:
            self._waiting.popitem(last=False)

    def _forget_expired(self) -> None:
        now = self._clock()
        if now < self._soonest:
            return
        self._waiting = OrderedDict((update.id, update) for update in self._waiting.values() if update.expires_at > now)
        self._soonest = min((update.expires_at for update in self._waiting.values()), default=now + DAY)

"""Telegram's limits on how fast a bot may send; off unless a test or the page switches them on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.playground.world.chats import Chat
from bot.playground.world.errors import ApiError

SECOND = 1_000_000
MINUTE = 60 * SECOND

MAX_A_SECOND = 30
MAX_A_MINUTE_IN_GROUP = 20
MAX_A_SECOND_PAID = 1000
NANOSTARS_A_MESSAGE = 100_000_000
"""0.1 Star for each message that the free pace would not have taken."""
PRIVATE_BURST = 5
"""How many messages a private chat takes at once before one a second is all (Telegram: "short bursts")."""

BIG_UPLOAD = 100_000
"""Uploads above this many bytes, of equal size, are throttled: a new one each `size * 1e-7` (0.2 to 0.9) seconds."""
_MAX_BACKLOG = 5 * SECOND
_UPLOAD_WAIT_SECONDS = 60


@dataclass(slots=True)
class Floods:
    """Counts what was sent and says when it was too much."""

    enabled: bool = False
    breaches: int = 0
    _all: deque[int] = field(default_factory=deque)
    _paid: deque[int] = field(default_factory=deque)
    _groups: dict[int, deque[int]] = field(default_factory=dict)
    _paid_until: dict[int, int] = field(default_factory=dict)
    _uploads: dict[int, int] = field(default_factory=dict)

    def check(self, chat: Chat, now: int, count: int = 1, *, pay: Callable[[int], bool] | None = None) -> None:
        """Count messages to a chat; ApiError 429 where they are too many, and then none of them counts.

        Args:
            chat: Where they go.
            now: UTC microseconds.
            count: How many.
            pay: Takes so many billionths of a Star for what is too much, where the bot has them.
        """
        if not self.enabled:
            return
        recent = self._all if pay is None or not self._take(now, count, pay) else self._paid
        if recent is self._all:
            self._check_window(recent, now, SECOND, MAX_A_SECOND, count)
        self.check_edit(chat, now, count)
        recent.extend([now] * count)

    def _take(self, now: int, count: int, pay: Callable[[int], bool]) -> bool:
        """Let messages pass that may be paid for, and take what they cost: those that the free pace still has room for cost nothing."""
        self._check_window(self._paid, now, SECOND, MAX_A_SECOND_PAID - MAX_A_SECOND, count)
        over = self._count_over(self._all, now, SECOND, MAX_A_SECOND, count) + len(self._paid)
        return over <= 0 or pay(min(over, count) * NANOSTARS_A_MESSAGE)

    def check_edit(self, chat: Chat, now: int, count: int = 1) -> None:
        """Count edits in a chat: they draw on the same allowance as messages to it."""
        if not self.enabled:
            return
        if chat.is_private:
            self._check_bucket(chat.id, now, count)
            return
        recent = self._groups.setdefault(chat.id, deque())
        self._check_window(recent, now, MINUTE, MAX_A_MINUTE_IN_GROUP, count)
        recent.extend([now] * count)

    def check_upload(self, size: int, now: int) -> None:
        """Count one upload of so many bytes; ApiError 429 where equal big ones come too fast."""
        if not self.enabled or size <= BIG_UPLOAD:
            return
        free_at = max(self._uploads.get(size, now), now)
        if free_at - now > _MAX_BACKLOG:
            raise self._refuse(_UPLOAD_WAIT_SECONDS)
        self._uploads[size] = free_at + int(min(max(size * 1e-7, 0.2), 0.9) * SECOND)

    @staticmethod
    def _count_over(recent: deque[int], now: int, span: int, most: int, count: int) -> int:
        while recent and recent[0] <= now - span:
            recent.popleft()
        return len(recent) + count - most

    def _check_window(self, recent: deque[int], now: int, span: int, most: int, count: int) -> None:
        over = self._count_over(recent, now, span, most, count)
        if over > 0:
            raise self._refuse(max(1, -(-(recent[min(over, len(recent)) - 1] + span - now) // SECOND)))

    def _check_bucket(self, chat_id: int, now: int, count: int) -> None:
        paid_until = max(self._paid_until.get(chat_id, 0), now) + min(count, PRIVATE_BURST) * SECOND
        if paid_until > now + PRIVATE_BURST * SECOND:
            raise self._refuse(max(1, -(-(paid_until - now - PRIVATE_BURST * SECOND) // SECOND)))
        self._paid_until[chat_id] = paid_until

    def _refuse(self, seconds: int) -> ApiError:
        self.breaches += 1
        return too_many_requests(seconds)


def too_many_requests(seconds: int) -> ApiError:
    """Return the 429 that names its wait, in seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

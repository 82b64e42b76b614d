"""How many in a while: a bucket that gets its tokens back slowly, and a count of misses that is kept over restarts."""

from __future__ import annotations

from storage.frozen import frozen


@frozen(kw_only=False)
class Bucket:
    """Tokens left at a moment, in seconds of any clock that only goes forward."""

    tokens: float
    at: float


@frozen
class Allowance:
    """`burst` at once, and `per_second` more as time goes by."""

    burst: float
    per_second: float


def compute_bucket(bucket: Bucket | None, allowance: Allowance, now: float) -> Bucket:
    """The bucket as it is now; one that nobody knows is full."""
    if bucket is None:
        return Bucket(allowance.burst, now)
    return Bucket(min(allowance.burst, bucket.tokens + (now - bucket.at) * allowance.per_second), now)


def compute_wait_seconds(bucket: Bucket, allowance: Allowance) -> int:
    """Whole seconds until there is a token again, at least 1."""
    return max(1, round((1 - bucket.tokens) / allowance.per_second + 0.5))


WINDOW_SECONDS = 3600
MISSES_ALLOWED = 5
"""So many codes or names that do not exist may somebody try in a window."""

_WINDOW = WINDOW_SECONDS * 1_000_000


@frozen(kw_only=False)
class Misses:
    """Tries in vain since `window_at`, UTC microseconds."""

    window_at: int
    count: int


def decide_throttled(misses: Misses | None, now: int) -> bool:
    """Whether somebody has to wait before another code is looked up."""
    return misses is not None and _runs(misses, now) and misses.count >= MISSES_ALLOWED


def compute_misses(misses: Misses | None, now: int) -> Misses:
    """The count after one more miss; an old window starts anew."""
    if misses is None or not _runs(misses, now):
        return Misses(now, 1)
    return Misses(misses.window_at, misses.count + 1)


def _runs(misses: Misses, now: int) -> bool:
    """Whether a window is still open; one that begins later than now is of a clock that was wrong, and would never end."""
    return misses.window_at <= now < misses.window_at + _WINDOW

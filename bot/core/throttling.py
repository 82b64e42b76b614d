"""How many in a while: a bucket that loses a token with each try and gets them back slowly."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens left at a moment, in seconds of any clock that only goes forward."""

    tokens: float
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
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

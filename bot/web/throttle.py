"""How much one visitor may try: a few buckets in memory, never more than a fixed number of them."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.core.addresses import compute_neighbourhood
from bot.core.throttling import Allowance, Bucket, compute_bucket, compute_wait_seconds

MOST_VISITORS = 10_000


class Throttle:
    """Counts tries by visitor's address; forgets who came longest ago when there are too many."""

    def __init__(
        self,
        allowance: Allowance,
        *,
        most_visitors: int = MOST_VISITORS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowance = allowance
        self._most = most_visitors
        self._clock = clock
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Whether this visitor has a try left; none is taken."""
        return self._look(address).tokens >= 1

    def spend(self, address: str) -> None:
        """Take a try from this visitor."""
        bucket = self._look(address)
        self._buckets[compute_neighbourhood(address)] = Bucket(bucket.tokens - 1, bucket.at)
        self._buckets.move_to_end(compute_neighbourhood(address))
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)

    def compute_wait_seconds(self, address: str) -> int:
        """How long until this visitor has a try again."""
        return compute_wait_seconds(self._look(address), self._allowance)

    @property
    def visitors_known(self) -> int:
        """How many are remembered."""
        return len(self._buckets)

    def _look(self, address: str) -> Bucket:
        return compute_bucket(self._buckets.get(compute_neighbourhood(address)), self._allowance, self._clock())


class Admission:
    """How many are inside at this moment, never more than a fixed number."""

    def __init__(self, most: int) -> None:
        self._most, self._inside = most, 0

    @property
    def is_full(self) -> bool:
        """Whether somebody has to come again later."""
        return self._inside >= self._most

    def __enter__(self) -> None:
        self._inside += 1

    def __exit__(self, *_error: object) -> None:
        self._inside -= 1

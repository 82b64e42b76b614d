"""A budget for each kind of log line, so that no stranger and no broken part fills a disk with words."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from bot.core.throttling import Allowance, Bucket, compute_bucket

USUAL = Allowance(burst=20, per_second=20 / 60)
"""Lines of one kind: twenty at once, then twenty a minute."""

LOOP = Allowance(burst=1, per_second=1)
"""asyncio says each time that a connection could not be taken for want of file descriptors, with a traceback."""

MOST_KINDS = 5000
"""Of two hundred shops some dozens each."""

_ALLOWANCES = {"asyncio": LOOP}

Kind = tuple[str, int, str]


class LogBudget(logging.Filter):
    """Lets a line pass while its kind has budget left; what was held back is told by the next line that passes.

    A kind is the place in the code that speaks, for one shop. What ends the process (`CRITICAL`) and what was asked for by name
    (`DEBUG`) always passes.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._buckets: OrderedDict[Kind, Bucket] = OrderedDict()
        self._held: dict[Kind, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this line is written; adds to its message how many like it were not."""
        if record.levelno >= logging.CRITICAL or record.levelno <= logging.DEBUG:
            return True
        kind = (record.pathname, record.lineno, getattr(record, "shop", ""))
        bucket = compute_bucket(self._buckets.get(kind), _ALLOWANCES.get(record.name, USUAL), self._clock())
        passes = bucket.tokens >= 1
        self._remember(kind, Bucket(bucket.tokens - passes, bucket.at))
        if not passes:
            self._held[kind] = self._held.get(kind, 0) + 1
        elif held := self._held.pop(kind, 0):
            record.msg, record.args = f"{record.getMessage()} (and {held} more like it, not written)", None
        return passes

    def _remember(self, kind: Kind, bucket: Bucket) -> None:
        self._buckets[kind] = bucket
        self._buckets.move_to_end(kind)
        if len(self._buckets) > MOST_KINDS:
            gone, _ = self._buckets.popitem(last=False)
            self._held.pop(gone, None)

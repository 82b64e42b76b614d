"""Who runs a shop: at any time one process, which has the shop's lease; how it knows, and what becomes of it.

On PostgreSQL a lease is a row in the shop's own schema: its holder, and an epoch that grows with every holder. A process says
that it lives by renewing one row for all of its shops (`HEARTBEAT_SECONDS`); one that was not heard of for `DEAD_SECONDS` is
declared dead by whoever wants its shops, in a commit that its next renewal cannot pass. It believes in its leases for
`TRUST_SECONDS` after it sent the last renewal that came through, by a clock that runs while the machine sleeps: that is less, so
that it falls silent before anybody else begins. On SQLite the lock on the file says all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from storage.errors import StoreError

HEARTBEAT_SECONDS = 2.0
DEAD_SECONDS = 6.0
TRUST_SECONDS = 5.0
"""Less than `DEAD_SECONDS` by what a request needs that is on its way."""


class Tenure(Protocol):
    """One process's time with one shop: from taking its lease to giving it back or losing it. Any thread may ask."""

    @property
    def shop(self) -> str:
        """The shop's name."""

    @property
    def epoch(self) -> int:
        """Of all tenures of this shop, the how manieth: what a unit of work compares before it writes."""

    @property
    def end(self) -> StoreError | None:
        """Why it is over; None while it lasts, however doubtful it may be at this moment."""

    def is_held(self) -> bool:
        """Whether nobody else can run the shop at this very moment; asked right before anything leaves for Telegram."""

    async def wait_held(self) -> None:
        """Return once it is certain that nobody else runs the shop.

        Raises:
            LeaseLost: somebody else does.
        """

    def on_end(self, listener: Callable[[StoreError], None]) -> None:
        """Have a listener called on the event loop when it is over, at once if it is."""

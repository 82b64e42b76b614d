"""Who runs a shop: at any time one process, which has the shop's lease; how it knows, and what becomes of it.

On PostgreSQL a lease is a row in the shop's own schema: its holder, and an epoch that grows with every holder. A process says
that it lives by renewing one row for all of its shops (`HEARTBEAT_SECONDS`); one that was not heard of for `DEAD_SECONDS` is
declared dead by whoever wants its shops, in a commit that its next renewal cannot pass. It believes in its leases for
`TRUST_SECONDS` after it sent the last renewal that came through, by a clock that runs while the machine sleeps: that is less, so
that it falls silent before anybody else begins. On SQLite the lock on the file says all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from storage.errors import StoreError
from storage.frozen import frozen
from storage.pools import Pools

HEARTBEAT_SECONDS = 2.0
DEAD_SECONDS = 6.0
TRUST_SECONDS = 5.0
"""Less than `DEAD_SECONDS` by what a request needs that is on its way."""
LIVELY_SECONDS = HEARTBEAT_SECONDS + 1.0
"""Who was heard of within them is given what is free; who was not may be about to be found dead."""


ELSEWHERE = "Another process runs this shop now."


class Holder(Protocol):
    """What knows whether this process runs a shop."""

    def is_held(self) -> bool:
        """Whether nobody else can run the shop at this very moment; asked right before anything leaves for Telegram."""

    async def wait_held(self) -> None:
        """Return once it is certain that nobody else runs the shop.

        Raises:
            LeaseLost: somebody else does.
        """


class Tenure(Holder, Protocol):
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

    def on_end(self, listener: Callable[[StoreError], None]) -> None:
        """Have a listener called on the event loop when it is over, at once if it is."""

    def finish(self, error: StoreError) -> None:
        """Note that it is over; told to whoever asked to be."""


@frozen(kw_only=False)
class Peer:
    """A process that lives, among those that share shops."""

    id: int
    name: str
    """For people: its machine and number."""
    wanted: frozenset[str]
    """The shops that it would run."""
    held: frozenset[str]
    """Those whose lease it has."""
    is_lively: bool = True
    """Whether it was heard of just now."""


class Keeper(Protocol):
    """This process among those that share the shops of one database."""

    @property
    def id(self) -> int:
        """Its number among the peers; another one after it was taken for dead."""

    @property
    def peers(self) -> Sequence[Peer]:
        """Who lives, this process included, as of the last look."""

    def set_wanted(self, shops: Iterable[str]) -> None:
        """Say which shops this process would run."""

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have a listener called on the event loop after every look at the others."""

    async def take(self, shop: str, url: str) -> Tenure:
        """Take the lease of a shop, from nobody or from the dead.

        Raises:
            StoreBusy: a process that lives has it.
            StoreUnavailable: the database cannot be reached.
        """

    async def free(self, shop: str) -> None:
        """Give a lease back; without one nothing happens."""


def find_database(url: str) -> str:
    """The database that several shops may share, whatever schema each has there; empty for a SQLite file, which nobody shares."""
    if not url.startswith(("postgresql:", "postgres:")):
        return ""
    from storage.engines.postgres_connection import strip_schema  # noqa: PLC0415  # psycopg takes long to import

    return strip_schema(url)


def open_keeper(url: str, *, control: str, pools: Pools) -> AbstractAsyncContextManager[Keeper]:
    """Let this process live among those that share the shops of a database on PostgreSQL.

    Args:
        url: Of the database, or of a shop in it.
        control: The schema in which the processes have their rows, made if need be; empty: the one that the URL names.
        pools: The connections of this process.

    Raises:
        StoreUnavailable: it cannot be reached or used.
    """
    from storage.engines.postgres import open_own_keeper  # noqa: PLC0415  # likewise

    return open_own_keeper(url, control, pools)

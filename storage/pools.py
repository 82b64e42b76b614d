"""The connections of a process to its databases, shared by all stores that it opens there."""

from __future__ import annotations


class Pools:
    """Hands one pool of connections per server and database to every store that is opened with it; made once, handed down.

    A pool lives as long as a store or a watch over leases uses it. SQLite has no use for it.
    """

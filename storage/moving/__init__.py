"""Moving a shop to the other kind of database: every row, once, and never two databases in force."""

from __future__ import annotations

from collections.abc import Callable

from storage.errors import MoveRefused
from storage.moving.shapes import Moved


def move(url: str, to: str, say: Callable[[str], None]) -> Moved:
    """Move a shop from one database into another, empty one. Blocks while it does.

    From SQLite the bot may be at work: it goes on until all but the last changes are over there, is then asked to stop,
    and the rest follows. From PostgreSQL it must have been stopped. What breaks off leaves the old database in force.

    Args:
        url: Where the shop is.
        to: Where it goes: a database of the other kind, without tables.
        say: Told in a sentence what is done now.

    Raises:
        MoveRefused: the target is of the same kind or not empty, a row cannot be kept there or came out otherwise.
        StoreBusy: another process works in the target, or does not leave the old one.
        StoreMoved: the shop has gone somewhere else already.
        StoreOutdated: the old database is older than this program.
        StoreUnavailable: one of them cannot be opened or reached.
    """
    sorts = [each.partition(":")[0].replace("postgresql", "postgres") for each in (url, to)]
    if sorts == ["sqlite", "postgres"]:
        from storage.moving.to_postgres import move_to_postgres  # noqa: PLC0415  # psycopg takes long to import

        return move_to_postgres(url, to, say)
    if sorts == ["postgres", "sqlite"]:
        from storage.moving.to_sqlite import move_to_sqlite  # noqa: PLC0415  # likewise

        return move_to_sqlite(url, to, say)
    raise MoveRefused(
        "A shop moves between SQLite and PostgreSQL: name a postgresql://… for a sqlite:///…, or the other way round. "
        "To another place of the same kind it goes by passalong backup and passalong restore."
    )

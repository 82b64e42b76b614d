"""`passalong move`: a shop goes from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bot.complaint import complain

NEXT = """Moved to {place}: {rows:,} rows of {tables} tables, each compared.
Give the new address as PASSALONG_DATABASE_URL and start the bot. The old database opens for nobody any more. It still
holds people's names: keep it until you have seen that all is well, then delete it.
"""


def add_move_parser(move: argparse.ArgumentParser, read_url: Callable[[], str]) -> None:
    """Where to."""
    move.add_argument("--to", required=True, metavar="URL", help="an empty database: postgresql://… or sqlite:///…")
    move.set_defaults(command=lambda chosen: move_shop(read_url(), chosen.to))


def move_shop(url: str, to: str) -> int:
    """Move, and say what is to be done next; 1 where it cannot be done."""
    from storage import StoreError  # noqa: PLC0415 -- only this command needs it
    from storage.moving import move  # noqa: PLC0415 -- likewise

    try:
        moved = move(url, to, _say)
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    sys.stdout.write(NEXT.format(place=moved.place, rows=moved.rows, tables=moved.tables))
    return 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()

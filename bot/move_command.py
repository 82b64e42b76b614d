"""`passalong move`: a shop goes from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import parse_qs, urlsplit

from bot.complaint import complain
from bot.setting_parsers import parse_database_url
from bot.settings_reader import SettingsReader

NEXT = """Moved to {place}: {rows:,} rows of {tables} tables, each compared.
Give the new address as PASSALONG_DATABASE_URL{where} and start the bot. The old database opens for nobody any more. It still
holds people's names: keep it until you have seen that all is well, then delete it.
"""


def add_move_parser(move: argparse.ArgumentParser, reader: SettingsReader) -> None:
    """Where to."""
    move.add_argument("--to", required=True, metavar="URL", help="an empty database: postgresql://… or sqlite:///…")
    move.set_defaults(command=lambda chosen: move_shop(reader, chosen.to))


def move_shop(reader: SettingsReader, to: str) -> int:
    """Move, and say what is to be done next; 1 where it cannot be done, SettingMistake where the bot could not be started there."""
    url = reader.read_url()
    parse_database_url(to, name="--to", prefix="")
    from storage import StoreError  # noqa: PLC0415 -- only this command needs it
    from storage.moving import move  # noqa: PLC0415 -- likewise

    try:
        moved = move(url, place_shop(reader.shop, to), _say)
    except (StoreError, OSError) as error:
        return complain(str(error), 1)
    where = f" in {reader.shop}.env" if reader.shop else ""
    sys.stdout.write(NEXT.format(place=moved.place, rows=moved.rows, tables=moved.tables, where=where))
    return 0


def place_shop(shop: str, to: str) -> str:
    """Where a shop of several goes: into a schema, or a file of a folder, that is called like it, unless `to` says more."""
    from bot.shops.shop_file import place_database  # noqa: PLC0415 -- only who has several shops needs it

    own = "schema" in parse_qs(urlsplit(to).query) if to.startswith("postgresql:") else not to.endswith("/")
    return to if own or not shop else place_database(shop, {"PASSALONG_DATABASE_URL": to})


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()

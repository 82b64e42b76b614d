"""`passalong api-key` and `passalong receipt-link`: what other systems and tills need, also while the bot runs."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.conversions.keys import EVERY_SCOPE, MOST_LIVE, MOST_NAMES, Unmade, parse_scopes
from bot.core.setting import mask_secrets

if TYPE_CHECKING:
    from bot.settings import Settings

ReadSettings = Callable[[], "Settings"]
WRONG_WORD = 2

_UNMADE = {
    Unmade.NAME: "A name has 1 to 32 letters, digits, dots, hyphens and underscores.",
    Unmade.TWO_LIVE: f"There are {MOST_LIVE} keys of this name. Revoke one first: passalong api-key list",
    Unmade.MANY: f"There are {MOST_NAMES} names. Revoke one first: passalong api-key list",
}


def add_api_key_parser(parser: argparse.ArgumentParser, read_settings: ReadSettings) -> None:
    """Create, list, revoke."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    create = commands.add_parser("create", help="make a key and its secret; both are shown this once, as JSON")
    create.add_argument("name", help="where it is used, like till")
    create.add_argument("--scopes", default=",".join(EVERY_SCOPE), help="what it opens: conversions, receipts")
    create.set_defaults(command=lambda chosen: _do(lambda: _create(read_settings, chosen.name, chosen.scopes)))
    listed = commands.add_parser("list", help="the keys that open something")
    listed.set_defaults(command=lambda _: _do(lambda: _list(read_settings)))
    revoke = commands.add_parser("revoke", help="let a key open nothing any more, at once")
    revoke.add_argument("name", help="its name (then all of that name), or its last four letters")
    revoke.set_defaults(command=lambda chosen: _do(lambda: _revoke(read_settings, chosen.name)))


def add_receipt_parser(parser: argparse.ArgumentParser, read_settings: ReadSettings) -> None:
    """One order's link."""
    parser.add_argument("order", help="the order's number, as it is reported")
    parser.add_argument("--png", type=Path, help="write its QR code, for the printer")
    parser.set_defaults(command=lambda chosen: _do(lambda: _link(read_settings, chosen.order, chosen.png)))


class _Refused(Exception):
    """What was asked for cannot be done; its text says why."""


def _do(work: Callable[[], object]) -> int:
    """Print what comes of a command as JSON."""
    from storage import StoreError  # noqa: PLC0415 -- whoever asks for something else need not wait for it

    try:
        told = work()
    except _Refused as refused:
        return _complain(str(refused), WRONG_WORD)
    except (StoreError, OSError) as error:
        return _complain(str(error), 1)
    sys.stdout.write(f"{json.dumps(told)}\n")
    return 0


def _create(read_settings: ReadSettings, name: str, said: str) -> object:
    scopes = parse_scopes(said)
    if scopes is None:
        raise _Refused(f"{said} names no scopes. There are: {', '.join(EVERY_SCOPE)}.")
    from bot.core.conversions.keys import compute_key_secret, compute_pepper  # noqa: PLC0415 -- likewise
    from bot.services.conversions.keys import make_key  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    settings = read_settings()
    made = run_once(settings.database_url, make_key, name=name, scopes=scopes)
    if isinstance(made, Unmade):
        raise _Refused(_UNMADE[made])
    secret = compute_key_secret(compute_pepper(settings.bot_token), made.key_hash)
    return {"name": name, "key": made.key, "secret": secret, "scopes": list(scopes)}


def _list(read_settings: ReadSettings) -> object:
    from bot.services.conversions.keys import list_live  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    return [
        {
            "name": each.name,
            "ends": each.hint,
            "scopes": each.scopes.split(),
            "made_at": datetime.fromtimestamp(each.made_at // 1_000_000, UTC).isoformat(),
        }
        for each in run_once(read_settings().database_url, list_live)
    ]


def _revoke(read_settings: ReadSettings, said: str) -> object:
    from bot.services.conversions.keys import revoke_named  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    revoked = run_once(read_settings().database_url, revoke_named, said)
    if not revoked:
        raise _Refused("There is no such key. passalong api-key list says which there are.")
    return {"revoked": revoked}


def _link(read_settings: ReadSettings, order: str, png: Path | None) -> object:
    from bot.core.conversions.bodies import is_order_id  # noqa: PLC0415 -- likewise
    from bot.core.conversions.receipts import compose_receipt_payload  # noqa: PLC0415 -- likewise
    from bot.doctor.telegram import find_username  # noqa: PLC0415 -- likewise
    from bot.services.conversions.receipts import make_receipt  # noqa: PLC0415 -- likewise
    from storage.beside import run_once  # noqa: PLC0415 -- likewise

    if not is_order_id(order):
        raise _Refused("An order's number has 1 to 64 letters, digits and . _ : / # -")
    settings = read_settings()
    username = asyncio.run(find_username(settings))
    if username is None:
        raise _Refused("Telegram does not say what the bot is called. passalong doctor says why.")
    token = run_once(settings.database_url, make_receipt, order_id=order)
    link = f"https://t.me/{username}?start={compose_receipt_payload(token)}"
    if png is not None:
        from bot.cards.qrpage import render_plain_code  # noqa: PLC0415 -- likewise

        png.write_bytes(render_plain_code(link))
    return {"order_id": order, "token": token, "link": link}


def _complain(line: str, status: int) -> int:
    sys.stderr.write(f"passalong: {mask_secrets(line)}\n")
    return status

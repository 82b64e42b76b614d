"""`passalong coupons import`: a list of codes into a pool, also while the bot runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.setting import mask_secrets

if TYPE_CHECKING:
    from bot.settings import Settings

WRONG_NAME = 2


def add_coupons_parser(coupons: argparse.ArgumentParser, read_settings: Callable[[], Settings]) -> None:
    """Import."""
    commands = coupons.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "import", help="take a list of codes into a pool: a code a line, or a CSV file; each counts once"
    )
    command.add_argument("pool", help="as the campaign's rules call it, like coffee")
    command.add_argument("file", type=Path)
    command.set_defaults(command=lambda chosen: import_file(read_settings, chosen.pool, chosen.file))


def import_file(read_settings: Callable[[], Settings], said: str, path: Path) -> int:
    """Print `N new, M known, K refused`, and each refused row with its line and why to standard error."""
    from bot.core.coupons.pools import parse_pool  # noqa: PLC0415 -- whoever asks for something else need not wait for it

    pool = parse_pool(said)
    if pool is None:
        return _complain(
            f'"{said}" cannot be a pool. Use small letters a-z, digits and hyphens between them.', WRONG_NAME
        )
    from bot.core.coupons.lines import FileMistake  # noqa: PLC0415 -- likewise
    from bot.core.coupons.rows import Refused  # noqa: PLC0415 -- likewise
    from bot.messages.coupons import say_file_mistake, say_problem  # noqa: PLC0415 -- likewise
    from bot.messages.texts import Texts  # noqa: PLC0415 -- likewise
    from bot.services.coupons.importing import Imported, import_coupons  # noqa: PLC0415 -- likewise
    from storage import StoreError  # noqa: PLC0415 -- likewise
    from storage.beside import run_steps  # noqa: PLC0415 -- likewise

    settings, imported, texts = read_settings(), Imported(), Texts("en")

    def tell(row: Refused) -> None:
        sys.stderr.write(mask_secrets(f"{path}:{row.number}: {say_problem(texts, row)}\n"))

    try:
        with path.open("rb") as file:
            steps = import_coupons(file, pool, imported, by=None, zone=settings.timezone, told=tell)
            run_steps(settings.database_url, steps)
    except FileMistake as mistake:
        return _complain(f"{path}: {say_file_mistake(texts, mistake)}", 1)
    except OSError as error:
        return _complain(f"{path} cannot be read: {error.strerror}.", 1)
    except StoreError as error:
        return _complain(str(error), 1)
    sys.stdout.write(f"{imported.new} new, {imported.known} known, {imported.refused} refused\n")
    return 0


def _complain(line: str, status: int) -> int:
    sys.stderr.write(f"passalong: {line}\n")
    return status

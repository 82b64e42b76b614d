"""`passalong export`: a list of what there is, as CSV or JSON lines, also while the bot runs."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from bot.core.setting import mask_secrets
from bot.core.spreadsheets import Format

if TYPE_CHECKING:
    from storage.beside import Beside
    from storage.listing import Export
    from storage.store import Store

WRONG_NAME = 2
PRIVATE = 0o600
"""Names of people are in it: nobody else on the machine is to read along."""


def add_export_parser(export: argparse.ArgumentParser, read_url: Callable[[], str]) -> None:
    """A table, a format, and a file for it."""
    export.add_argument("table", metavar="TABLE", help="which list, like members or ledger; a wrong name shows all")
    export.add_argument("--format", choices=[each.value for each in Format], default=Format.CSV.value)
    export.add_argument(
        "--output", type=Path, metavar="FILE", help="instead of standard output; appears once it is whole"
    )
    export.set_defaults(
        command=lambda chosen: export_table(read_url, chosen.table, Format(chosen.format), chosen.output)
    )


def export_table(read_url: Callable[[], str], table: str, form: Format, path: Path | None) -> int:
    """Write one list; 2 where there is none of that name."""
    from storage import StoreError  # noqa: PLC0415 -- whoever asks for something else need not wait for it
    from storage.exports import find_export  # noqa: PLC0415 -- likewise

    export = find_export(table)
    if export is None:
        return _complain(_explain(table), WRONG_NAME)
    url = read_url()
    try:
        with _open_output(path) as out:
            asyncio.run(_export_from(url, export, form, out))
    except StoreError as error:
        return _complain(str(error), 1)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _complain(f"{path or 'Standard output'} cannot be written: {error.strerror}.", 1)
    return 0


def _explain(table: str) -> str:
    """What there is instead, and what was probably meant."""
    from storage.exports import EXPORTS  # noqa: PLC0415 -- likewise

    near = difflib.get_close_matches(table, EXPORTS, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    width = max(map(len, EXPORTS))
    listed = "".join(f"\n  {each.name:<{width}}  {each.about}" for each in EXPORTS.values())
    return f"There is no list called {mask_secrets(table)}.{meant} There are:{listed}"


@contextmanager
def _open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes its place only once all of it is there."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not path.is_file():  # a pipe, or /dev/null
        with path.open("wb") as file:
            yield file
        return
    new = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            yield file
        new.replace(path)
    finally:
        with suppress(OSError):
            new.unlink(missing_ok=True)


async def _export_from(url: str, export: Export, form: Format, out: BinaryIO) -> None:
    from storage import StoreBusy, open_store  # noqa: PLC0415 -- likewise
    from storage.beside import open_beside  # noqa: PLC0415 -- likewise

    try:
        async with open_store(url) as store:
            await _write_parts(store, export, form, out)
    except StoreBusy:
        with open_beside(url) as beside:
            await _write_parts(beside, export, form, out)


async def _write_parts(store: Store | Beside, export: Export, form: Format, out: BinaryIO) -> None:
    from bot.services.exporting import read_part  # noqa: PLC0415 -- likewise

    part = await store.read(read_part, export, form)
    out.write(part.content)
    while part.last is not None:
        part = await store.read(read_part, export, form, part.last)
        out.write(part.content)


def _complain(text: str, status: int) -> int:
    sys.stderr.write(f"passalong: {text}\n")
    return status

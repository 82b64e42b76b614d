"""`passalong audit`: what was done in running the shop."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from bot.core.scheduling import compose_moment

if TYPE_CHECKING:
    from bot.services.audit import AuditLine
    from bot.settings import Settings

MOST_ACTS = 100_000


def add_audit_parser(audit: argparse.ArgumentParser, read_settings: Callable[[], Settings]) -> None:
    """Lists acts; `--acts` says so in words, and is what it does without."""
    audit.add_argument("--acts", action="store_true", help="who did what in running the shop, the latest first")

    def command(_chosen: argparse.Namespace) -> int:
        settings = read_settings()
        return show_acts(settings.database_url, settings.timezone)

    audit.set_defaults(command=command)


def show_acts(url: str, zone: tzinfo) -> int:
    """A line for each act: when (where the shop is), who, what, to what, before and after; also while the bot runs."""
    from bot.services.audit import list_acts  # noqa: PLC0415 -- whoever asks for something else need not wait for it
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise
    from storage.beside import run_beside  # noqa: PLC0415 -- likewise

    async def read_alone() -> list[AuditLine]:
        async with open_store(url) as store:
            return await store.read(list_acts, most=MOST_ACTS)

    try:
        try:
            lines = asyncio.run(read_alone())
        except StoreBusy:
            lines = run_beside(url, list_acts, most=MOST_ACTS)
    except StoreError as error:
        sys.stderr.write(f"passalong: {error}\n")
        return 1
    sys.stdout.writelines(f"{compose_act(line, zone)}\n" for line in lines)
    return 0


def compose_act(line: AuditLine, zone: tzinfo) -> str:
    """An act on one line, its parts separated by tabs."""
    moment = compose_moment(line.acted_at, zone)
    actor = "(command)" if line.by_command else line.actor or "(somebody)"
    return f"{moment}\t{actor}\t{line.act}\t{line.subject}\t{line.before}\t{line.after}"

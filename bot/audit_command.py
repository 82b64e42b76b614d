"""`passalong audit`: whether the books are in order, and what was done in running the shop."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING

from bot.core.scheduling import compose_moment

if TYPE_CHECKING:
    from bot.jobs.proving import Finding
    from bot.services.audit import AuditLine
    from bot.settings import Settings

MOST_ACTS = 100_000
FAULTS_SHOWN = 5
"""On the one line; `passalong doctor` names all."""


def add_audit_parser(audit: argparse.ArgumentParser, read_settings: Callable[[], Settings]) -> None:
    """Looks the books over, or with `--acts` lists acts; also while the bot runs."""
    audit.add_argument(
        "--head", metavar="HEX", help="a head that was printed or posted earlier: are the books still its own?"
    )
    audit.add_argument("--acts", action="store_true", help="who did what in running the shop, the latest first")

    def command(chosen: argparse.Namespace) -> int:
        settings = read_settings()
        if chosen.acts:
            return show_acts(settings.database_url, settings.timezone)
        return show_finding(settings.database_url, head=chosen.head)

    audit.set_defaults(command=command)


def show_finding(url: str, *, head: str | None) -> int:
    """Look the books over and say in one line what was found; it ends with the head of the ledger. Whether all is well."""
    from bot.jobs.proving import inspect  # noqa: PLC0415 -- whoever asks for something else need not wait for it
    from storage import StoreBusy, StoreError, open_store  # noqa: PLC0415 -- likewise
    from storage.beside import open_beside  # noqa: PLC0415 -- likewise

    sought = head.strip().lower() if head is not None else None

    async def look() -> Finding:
        try:
            async with open_store(url) as store:
                return await inspect(store, head=sought)
        except StoreBusy:
            with open_beside(url) as beside:
                return await inspect(beside, head=sought)

    try:
        finding = asyncio.run(look())
    except StoreError as error:
        sys.stderr.write(f"passalong: {error}\n")
        return 1
    sys.stdout.write(f"{compose_finding(finding)}\n")
    return 1 if finding.faults else 0


def compose_finding(finding: Finding) -> str:
    """What was found, on one line."""
    shown = [" ".join(fault.split()) for fault in finding.faults[:FAULTS_SHOWN]]
    more = len(finding.faults) - len(shown)
    said = "; ".join([*shown, *([f"{more} more"] if more else [])]) or "all is in order"
    return f"{finding.entries} ledger entries: {said}. Head {finding.head}"


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

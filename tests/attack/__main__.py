"""`python -m tests.attack`: floods against the real program in full, one line per kind and engine."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.attack.floods import Attack, Flood, Outcome
from tests.chaos.databases import ENGINES, EngineName, lend_database
from tests.telegram import local_telegram

KINDS = ("messages", "commands", "taps", "inline", "links")
FULL = [
    *(Flood(kind=kind, senders=1, each=10_000) for kind in KINDS),
    *(Flood(kind=kind, senders=20, each=1_000) for kind in KINDS),
    *(Flood(kind=kind, senders=1, each=10_000, restart=True) for kind in ("messages", "links")),
]


def main() -> int:
    """Run all that is asked for; 1 where something was left or lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="all")
    chosen = parser.parse_args()
    floods = [flood for flood in FULL if chosen.kind in {"all", flood.kind}]
    engines = [engine for engine in ENGINES if chosen.engine in {"both", engine}]
    outcomes = [_run(engine, flood) for engine in engines for flood in floods]
    return int(any(outcome.left_open or outcome.unanswered > 1 for outcome in outcomes))


def _run(engine: EngineName, flood: Flood) -> Outcome:
    with tempfile.TemporaryDirectory() as folder, lend_database(engine, Path(folder)) as url:
        outcome = asyncio.run(_attack(Path(folder), url, flood))
    sys.stdout.write(f"{engine}: {outcome}\n")
    sys.stdout.flush()
    return outcome


async def _attack(folder: Path, url: str, flood: Flood) -> Outcome:
    async with local_telegram() as telegram:
        return await Attack(telegram, folder, url, flood).run()


if __name__ == "__main__":
    sys.exit(main())

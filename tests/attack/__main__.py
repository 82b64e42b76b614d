"""`python -m tests.attack`: everything that is tried against the real program in full, one line per kind and engine."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.attack.ground import Ground, Kind, Verdict
from tests.attack.kinds import ALL
from tests.chaos.databases import ENGINES, EngineName
from tests.storage.server import Server, start_server
from tests.telegram import local_telegram


def main() -> int:
    """Run all that is asked for; 1 where something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    parser.add_argument("--number", type=int, help="of one family of kinds alone")
    parser.add_argument("--kind", help="words in a kind's name")
    parser.add_argument("--short", action="store_true", help="as the tests do")
    chosen = parser.parse_args()
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # requests break off when their sender is killed
    kinds = [kind for kind in ALL if chosen.number in {None, kind.number} and (chosen.kind or "") in kind.name]
    engines = [engine for engine in ENGINES if chosen.engine in {"both", engine}]
    verdicts = [_attack(engine, kinds, full=not chosen.short) for engine in engines]
    return int(any(verdict.wrong for each in verdicts for verdict in each))


def _attack(engine: EngineName, kinds: list[Kind], *, full: bool) -> list[Verdict]:
    server = start_server() if engine == "postgres" else None
    try:
        return [_try(kind, engine, server, full=full) for kind in kinds if engine in kind.engines]
    finally:
        if server is not None:
            server.stop()


def _try(kind: Kind, engine: EngineName, server: Server | None, *, full: bool) -> Verdict:
    """One line: whatever breaks off is wrong."""
    verdict, began = Verdict(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="passalong-attack-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            if server is None:
                asyncio.run(_run(kind, verdict, engine, f"sqlite:///{folder}/passalong.db", folder, full=full))
            else:
                with server.lend_empty() as url:
                    asyncio.run(_run(kind, verdict, engine, url, folder, full=full, server=server))
        except Exception as error:  # noqa: BLE001 -- the others are tried all the same
            verdict.wrong.append(f"broke off: {type(error).__name__}: {str(error)[-2000:]}")
    sys.stdout.write(f"{kind.number:2} {engine:8} {kind}: {verdict} [{time.monotonic() - began:.0f} s]\n")
    sys.stdout.flush()
    return verdict


async def _run(
    kind: Kind,
    verdict: Verdict,
    engine: EngineName,
    url: str,
    folder: Path,
    *,
    full: bool,
    server: Server | None = None,
) -> None:
    async with local_telegram() as telegram:
        ground = Ground(engine=engine, url=url, folder=folder, telegram=telegram, full=full, server=server)
        await kind.run(ground, verdict)
        verdict.wrong += [str(violation) for violation in telegram.world.violations[:5]]


if __name__ == "__main__":
    sys.exit(main())

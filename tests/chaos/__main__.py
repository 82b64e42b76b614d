"""`python -m tests.chaos --seed 7`: kill the bot again and again, and see whether anything is lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TypeVar

from tests.chaos.broadcast import run_broadcast
from tests.chaos.campaign import run_campaign
from tests.chaos.cluster import run_cluster
from tests.chaos.contest import run_contest
from tests.chaos.conversions import run_conversions
from tests.chaos.databases import ENGINES, EngineName
from tests.chaos.dialogues import run_dialogues
from tests.chaos.findings import Findings, Report
from tests.chaos.joins import run_joins
from tests.chaos.money_run import run_money
from tests.chaos.move import run_move
from tests.chaos.order import CLUSTERS, PARTS, Order, Part
from tests.chaos.restore import run_restore
from tests.chaos.versions import run_versions
from tests.chaos.voice import run_voice
from tests.journeys.owners_walk import WALK

T = TypeVar("T")

BOTH = "both"

RUNS: dict[Part, Callable[[Order], Coroutine[None, None, Report]]] = {
    "joins": run_joins,
    "broadcast": run_broadcast,
    "restore": run_restore,
    "dialogues": run_dialogues,
    "campaign": run_campaign,
    "money": run_money,
    "contest": run_contest,
    "voice": run_voice,
    "conversions": run_conversions,
    "cluster": run_cluster,
    "webhooks": run_cluster,
    "move": run_move,
    "versions": run_versions,
}

ENGINES_OF: dict[Part, EngineName] = {**dict.fromkeys(CLUSTERS, "postgres"), "versions": "postgres", "move": "sqlite"}
"""On SQLite one process has everything; from PostgreSQL a shop moves once its bot is stopped."""

TAKEOVER_SECONDS = 10.0
"""From a death on, until the shop of whoever died asks for updates again: what docs/postgresql.md promises."""

SHOWN = 40
"""Findings printed of one run; all of them lie in the folder that is kept."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, write a line of JSON for each run; 1 if anything is wrong."""
    chosen = _make_parser().parse_args(arguments)
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # uploads break off when their sender is killed
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # so that bots and servers are ended with us
    reports = [
        _run(chosen, part, engine)
        for part in _list(chosen.part, PARTS)
        for engine in _list(chosen.engine, ENGINES)
        if ENGINES_OF.get(part, engine) == engine
    ]
    return int(not all(report.passed for report in reports))


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="fixes updates, faults and moments of death")
    parser.add_argument("--engine", choices=(*ENGINES, BOTH), default=BOTH)
    parser.add_argument("--part", choices=(*PARTS, BOTH), default=BOTH)
    parser.add_argument("--updates", type=int, default=5000)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--members", type=int, default=2000, help="of the broadcast's audience")
    parser.add_argument("--broadcast-kills", type=int, default=20)
    parser.add_argument("--send-rate", type=int, default=30, help="of a broadcast, messages a second")
    parser.add_argument(
        "--people", type=int, default=400, help="who come before a backup or a move, and as many after it"
    )
    parser.add_argument("--move-kills", type=int, default=5, help="of a move, before one goes well")
    parser.add_argument("--moved-members", type=int, default=2000, help="of a shop that moves while people come")
    parser.add_argument("--rounds", type=int, default=3, help="of every dialogue: each step dies at another moment")
    parser.add_argument(
        "--steps", type=int, default=1_000_000, help="of whatever is done with points; on PostgreSQL a tenth"
    )
    parser.add_argument("--money-kills", type=int, default=50, help="of sixteen who move points at once")
    parser.add_argument("--contest-kills", type=int, default=50, help="of sixteen who end contests, a contest each")
    parser.add_argument("--voice-kills", type=int, default=200, help="of sixteen who say how it was, and answer")
    parser.add_argument("--size", type=int, default=100_000, help="orders that a till reports")
    parser.add_argument("--conversion-kills", type=int, default=50, help="of the bot that they are reported to")
    parser.add_argument("--friends", type=int, default=2000, help="who join the big shop of a cluster")
    parser.add_argument(
        "--cluster-kills", type=int, default=60, help="of its processes; pauses and others go with them"
    )
    parser.add_argument("--shops", type=int, default=12, help="of a cluster")
    parser.add_argument("--processes", type=int, default=3, help="that share them")
    parser.add_argument("--longest-pause", type=float, default=40.0, help="of a process of a cluster, in seconds")
    return parser


def _list(chosen: str, all_of_them: tuple[T, ...]) -> Sequence[T]:
    return [each for each in all_of_them if chosen in {BOTH, each}]


def _run(chosen: argparse.Namespace, part: Part, engine: EngineName) -> Report:
    size, kills = {
        "joins": (chosen.updates, chosen.kills),
        "broadcast": (chosen.members, chosen.broadcast_kills),
        "restore": (chosen.people, 1),
        "move": (chosen.people, chosen.move_kills),
        "versions": (chosen.people, 0),
        "dialogues": (chosen.rounds, 0),
        "campaign": (len(WALK), len(WALK)),
        "contest": (0, chosen.contest_kills),
        "voice": (0, chosen.voice_kills),
        "conversions": (chosen.size, chosen.conversion_kills),
        **dict.fromkeys(CLUSTERS, (chosen.friends, chosen.cluster_kills)),
        "money": (chosen.steps if engine == "sqlite" else chosen.steps // 10, chosen.money_kills),
    }[part]
    folder = Path(tempfile.mkdtemp(prefix="passalong-chaos-"))
    order = Order(
        part=part,
        engine=engine,
        seed=chosen.seed,
        size=size,
        kills=kills,
        folder=folder,
        send_rate=chosen.send_rate,
        members=chosen.moved_members,
        shops=chosen.shops,
        processes=chosen.processes,
        longest_pause_seconds=chosen.longest_pause,
        longest_takeover_seconds=TAKEOVER_SECONDS,
    )
    began = time.monotonic()
    try:
        report = asyncio.run(RUNS[part](order))
    except Exception as error:  # noqa: BLE001 -- whatever it is, the logs are kept and the other runs are made
        found = Findings(others=traceback.format_exception(error))
        words = f"the run broke off: {type(error).__name__}"
        report = Report(order=order, findings=found, seconds=time.monotonic() - began, stopped=words)
    sys.stdout.write(report.render() + "\n")
    sys.stdout.flush()
    _keep_or_remove(folder, report)
    return report


def _keep_or_remove(folder: Path, report: Report) -> None:
    if report.passed:
        shutil.rmtree(folder)
        return
    words = [*([f"stopped: {report.stopped}"] if report.stopped else []), *report.findings.list_all()]
    (folder / "findings.txt").write_text("\n".join(words))
    shown = [*words[:SHOWN], f"{len(words)} findings, logs and database are kept in {folder}"]
    sys.stderr.write("\n".join(shown) + "\n")


if __name__ == "__main__":
    sys.exit(main())

"""Mutation testing, a room at a time: `make mutants ROOM=core`. What survives is listed in docs/mutants.md.

A mutant counts as killed when a test fails on it, when it runs for ever, or when mypy refuses it: none of them can land.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "mutants"
MYPY = (sys.executable, "-m", "mypy", "--config-file=", "--strict", "--warn-unreachable", "--ignore-missing-imports")
LOOSE = ("--no-warn-unused-ignores", "--enable-error-code=redundant-expr", "--enable-error-code=truthy-bool")
"""As pyproject has it, but for mutmut's own lines: they carry comments that our rules would refuse."""

SLOW = (
    "tests/jobs/test_retention.py::test_two_years_leave_nothing_but_history",
    "tests/services/test_campaigns.py::test_every_rule_comes_back",
    "tests/services/test_revoking.py::test_the_books_balance_whatever_happens",
    "tests/storage/test_damage.py::test_a_quiet_and_a_busy_store_are_not_taken_for_damaged",
    "tests/storage/test_damage.py::test_older_content_copied_over_the_file_is_noticed",
    "tests/storage/test_damage.py::test_harm_is_noticed_while_nobody_writes",
)
"""Tests that take seconds and pass through nearly everything: each survivor would wait for all of them."""

OUTCOMES = {0: "survived", 5: "untested", 33: "untested", 37: "refused by mypy", 36: "endless", -24: "endless"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is mutated, and the quick tests that must notice."""

    code: Sequence[str]
    tests: Sequence[str]


ROOMS = {
    "core": Room(
        code=["bot/core"],
        tests=[
            "tests/core",
            "tests/services",
            "tests/test_settings.py",
            "tests/architecture/test_retention.py",
            "tests/web/test_rules.py",
            "tests/wire/test_proxies.py",
        ],
    ),
    "services": Room(code=["bot/services"], tests=["tests/services", "tests/jobs"]),
    "storage": Room(
        code=[
            "storage/store.py",
            "storage/tx.py",
            "storage/checks.py",
            "storage/tables",
            "storage/engines",
            "storage/backups",
        ],
        tests=["tests/storage"],
    ),
    "wiring": Room(
        code=["bot/app.py", "bot/runtime.py", "bot/jobs", "bot/outbox", "bot/broadcasts", "bot/updates"],
        tests=["tests/jobs", "tests/outbox", "tests/broadcasts", "tests/updates", "tests/journeys/test_wiring.py"],
    ),
}


def main() -> int:
    """Mutate one room and say what survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--children", type=int, default=1, help="mutants tried at once")
    chosen = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    _run_mutmut(ROOMS[chosen.room], chosen.children)
    sys.stdout.write("\n".join([*_report(), ""]))
    return 0


def _run_mutmut(room: Room, children: int) -> None:
    """As `mutmut run` would, with the settings of one room."""
    from mutmut import configuration
    from mutmut.__main__ import _run

    patterns = [each if each.endswith(".py") else f"{each}/*" for each in room.code]
    folders = [each for each in room.code if "*" not in each]
    config = configuration.config()
    slow = [argument for test in SLOW for argument in ("--deselect", test)]
    configuration._config = replace(
        config,
        pytest_add_cli_args=[*config.pytest_add_cli_args, *slow],
        only_mutate=patterns,
        pytest_add_cli_args_test_selection=list(room.tests),
        type_check_command=[*MYPY, *LOOSE, "-O", "json", *folders],
    )
    _run([], children)


def _report() -> Iterator[str]:
    """Figures, then every survivor."""
    found = dict(_read_outcomes())
    counts = Counter(found.values())
    yield ""
    yield f"{len(found)} mutants: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    dead = len(found) - counts["survived"] - counts["untested"]
    yield f"{dead / max(1, len(found)):.1%} noticed"
    yield from (f"{outcome}: {name}" for name, outcome in sorted(found.items()) if outcome in {"survived", "untested"})


def _read_outcomes() -> Iterator[tuple[str, str]]:
    for file in FOLDER.rglob("*.meta"):
        for name, status in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            yield name, OUTCOMES.get(status, "killed")


if __name__ == "__main__":
    sys.exit(main())

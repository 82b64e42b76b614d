"""Mutation testing, a room at a time: `make mutants ROOM=core`. What survives is listed in docs/mutants.md.

A mutant counts as noticed when a test fails on it, when it runs for ever, or when mypy refuses it: none of them can land.

`make mutants ROOM=wiring ARGS="--sample 120 --seed 1"` tries so many of the room's mutants, drawn at random, and says between what shares the
whole room's lies. What a full count cannot afford is among its tests: PostgreSQL, and those of other rooms that are written for this one's code.

What changes words of the log alone is neither drawn nor counted: nothing but a test that repeats them could notice.
"""

from __future__ import annotations

import argparse
import ast
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mutmut.mutation.data import SourceFileMutationData
    from mutmut.workers.isolation import ForkRunner

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

SURVIVED, KILLED, UNTESTED, ENDLESS, REFUSED = 0, 1, 33, 36, 37
OUTCOMES = {
    SURVIVED: "survived",
    5: "untested",
    UNTESTED: "untested",
    REFUSED: "refused by mypy",
    ENDLESS: "endless",
    -24: "endless",
    None: "not tried",
}
MISSED = {"survived", "untested"}
WORDS = "words of the log"

LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
ROOM_FOR_A_VALUE = re.compile(r"%[^a-zA-Z%]*[a-zA-Z%]")

PATIENCE, PATIENCE_SECONDS = 3.0, 10.0
"""A mutant of a sample is endless when its tests take so many times what they took without it, and so long on top for what they set up."""
MORE_PATIENCE, FEW_SECONDS = 6.0, 5.0
"""It is tried once more with so much patience, on tests of so many seconds: time is a clock's, and the machine may have been busy."""


SECONDS = 30.0
"""What a mutant of a sample is tried on: the quickest tests that together take so long, on each engine. What only others notice is missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is mutated, the quick tests that must notice, and those that are asked besides where only a sample is tried."""

    code: Sequence[str]
    tests: Sequence[str]
    more_tests: Sequence[str] = ()
    served: bool = False
    """Whether a sample is tried on PostgreSQL as well."""


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
        more_tests=[
            "tests/jobs/test_supervisor.py",
            "tests/messages/test_content.py",
            "tests/messages/test_part_questions.py",
            "tests/test_pasted_secrets.py",
            "tests/web/test_conversions.py",
            "tests/web/test_links.py",
        ],
    ),
    "services": Room(
        code=["bot/services"],
        tests=["tests/services", "tests/jobs"],
        more_tests=["tests/handlers/test_campaign_parts.py", "tests/handlers/test_campaigns_panel.py"],
    ),
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
        more_tests=["tests/jobs", "tests/services", "tests/wire/test_gifts.py"],
        served=True,
    ),
    "wiring": Room(
        code=["bot/app.py", "bot/runtime.py", "bot/jobs", "bot/outbox", "bot/broadcasts", "bot/updates", "bot/wire"],
        tests=[
            "tests/jobs",
            "tests/outbox",
            "tests/broadcasts",
            "tests/updates",
            "tests/wire",
            "tests/journeys/test_wiring.py",
        ],
        more_tests=[
            "tests/handlers/test_broadcast_paid.py",
            "tests/handlers/test_tickets.py",
            "tests/messages/test_content.py",
            "tests/services/test_announcing.py",
            "tests/services/test_campaigns_running.py",
            "tests/services/test_choosing.py",
            "tests/services/test_contests.py",
            "tests/services/test_coupons.py",
            "tests/services/test_fairness.py",
            "tests/services/test_honours.py",
            "tests/services/test_rewards_at_the_counter.py",
            "tests/services/test_rewards_with_time.py",
            "tests/services/test_waiting.py",
            "tests/web/test_telegram_door.py",
        ],
    ),
}


def main() -> int:
    """Mutate one room and say what survived."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("room", choices=ROOMS)
    parser.add_argument("--children", type=int, default=1, help="mutants tried at once")
    parser.add_argument("--sample", type=int, help="try so many mutants, drawn at random, one at a time")
    parser.add_argument("--seed", type=int, default=1, help="of the drawing")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin nothing of a sample any more after that")
    parser.add_argument(
        "--go-on", action="store_true", help="with the sample that is there; what was missed is tried again, at last"
    )
    chosen = parser.parse_args()
    if not chosen.go_on:
        shutil.rmtree(FOLDER, ignore_errors=True)
    _configure(ROOMS[chosen.room], sampled=chosen.sample is not None)
    names: list[str] = []
    if chosen.sample is None:
        from mutmut.__main__ import _run

        _run([], chosen.children)
    else:
        deadline = time.monotonic() + 60 * chosen.minutes
        names = _try_sample(ROOMS[chosen.room], chosen.sample, chosen.seed, deadline)
    outcomes = _read_outcomes()
    counted = {name: outcome for name, outcome in outcomes.items() if outcome != WORDS}
    report = _report(counted) if chosen.sample is None else _report_sample({name: counted[name] for name in names})
    words = f"\n{len(outcomes) - len(counted)} of {len(outcomes)} mutants change words of the log alone: left out."
    sys.stdout.write("\n".join([words, *report, ""]))
    return 0


def list_words(mutated: str) -> set[str]:
    """Find the mutants in a mutated file that differ from what they were made of in the text of a call to the log, and in nothing else.

    The values that fill a text are more than words, and so is the room that it has for them (%s), its level, and whether it is there at all.
    """
    if "logger." not in mutated:
        return set()
    wordless: dict[str, str] = {}
    for node in ast.walk(ast.parse(mutated)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "__mutmut_" in node.name:
            name, node.name = node.name, ""
            wordless[name] = ast.dump(_Wordless().visit(node))
    originals = {name: f"{name.rpartition('__mutmut_')[0]}__mutmut_orig" for name in wordless}
    return {name for name, original in originals.items() if name != original and wordless[name] == wordless[original]}


class _Wordless(ast.NodeTransformer):
    """Leaves of each text for the log the room that it has for values."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node.func:
            case ast.Attribute(value=ast.Name(id="logger"), attr=level) if level in LEVELS:
                for text in node.args[level == "log" :][:1]:
                    if isinstance(text, ast.Constant) and isinstance(text.value, str):
                        text.value = "".join(ROOM_FOR_A_VALUE.findall(text.value))
        return self.generic_visit(node)


def draw(names: Iterable[str], size: int, seed: int) -> list[str]:
    """Draw so many of them, each as likely as any other: always the same of the same names and seed, and a larger sample holds the smaller."""
    everything = sorted(names)
    return random.Random(seed).sample(everything, len(everything))[:size]


def compute_interval(noticed: int, tried: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return between what shares the true one lies, by the score interval of E. B. Wilson.

    From "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American Statistical Association 22
    (1927), 209-212. Unlike the normal approximation it holds for a hundred trials and for shares near one.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = noticed / tried, z * z / tried
    middle = share + weight / 2
    reach = z * math.sqrt(share * (1 - share) / tried + weight / (4 * tried))
    return max(0.0, (middle - reach) / (1 + weight)), min(1.0, (middle + reach) / (1 + weight))


def _configure(room: Room, *, sampled: bool) -> None:
    """As pyproject has it, with the settings of one room."""
    from mutmut import configuration

    patterns = [each if each.endswith(".py") else f"{each}/*" for each in room.code]
    config = configuration.config()
    slow = [argument for test in SLOW for argument in ("--deselect", test)]
    configuration._config = replace(
        config,
        pytest_add_cli_args=[
            *config.pytest_add_cli_args,
            *slow,
            *(("-m", "not browser") if sampled and room.served else ()),
        ],
        only_mutate=patterns,
        pytest_add_cli_args_test_selection=[*room.tests, *(room.more_tests if sampled else ())],
        type_check_command=[*MYPY, *LOOSE, "-O", "json", *room.code],
        timeout_multiplier=PATIENCE if sampled else config.timeout_multiplier,
        timeout_constant=PATIENCE_SECONDS if sampled else config.timeout_constant,
    )


def _try_sample(room: Room, size: int, seed: int, deadline: float) -> list[str]:
    """Try a sample until then, by `time.monotonic`, and return its names; the outcomes lie in the folder."""
    from mutmut.workers.isolation import ForkRunner, get_mutant_runner

    mutmut = _load_mutmut()
    mutmut.set_mutant_under_test("mutant_generation")
    FOLDER.mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(1)
    everything, _ = mutmut.collect_source_file_mutation_data(mutant_names=[])
    files = {name: file for file, name, _ in everything}
    outcomes = _read_outcomes()
    names = draw((name for name in files if outcomes[name] != WORDS), size, seed)
    if any(files[name].exit_code_by_key[name] is None for name in names):
        for name in _find_refused(names, files):
            _settle(files[name], name, REFUSED)
    runner = get_mutant_runner()
    assert isinstance(runner, ForkRunner)
    if _learn_tests(runner, room, deadline):
        runner.startup()
        for name in _list_waiting(names, files):
            if time.monotonic() < deadline:
                _settle(files[name], name, _try(runner, name))
    return names


def _load_mutmut() -> Any:
    """Its steps, which it offers to nobody."""
    return import_module("mutmut.__main__")


def _find_refused(names: Sequence[str], files: Mapping[str, SourceFileMutationData]) -> Iterator[str]:
    """Let mypy read the room, and find those of the mutants in whose lines it finds fault."""
    from mutmut.configuration import config
    from mutmut.mutation.data import MutantLineSpans
    from mutmut.type_checking import run_type_checker
    from mutmut.utils.file_utils import change_cwd

    with change_cwd(FOLDER):
        errors = run_type_checker(config().type_check_command)
    lines = {(error.file_path, error.line_number) for error in errors}
    for name in names:
        spans = MutantLineSpans.load(files[name].path)
        assert spans is not None
        span, file = spans.span_by_function_name[name.rpartition(".")[2]], (FOLDER / files[name].path).absolute()
        if any((file, line) in lines for line in range(span.start, span.end + 1)):
            yield name


def _list_waiting(names: Iterable[str], files: Mapping[str, SourceFileMutationData]) -> list[str]:
    """Those never tried, and then those that were missed, since a test may have been written; of each the quick ones first."""
    outcomes = {name: OUTCOMES.get(files[name].exit_code_by_key[name], "killed") for name in names}
    waiting = [name for name, outcome in outcomes.items() if outcome in {*MISSED, "not tried"}]
    return sorted(waiting, key=lambda name: (outcomes[name] in MISSED, sum(_find_seconds(name).values())))


def _learn_tests(runner: ForkRunner, room: Room, deadline: float) -> bool:
    """Run each test once to see what it passes through, unless that is known; say whether it is known of all now."""
    mutmut = _load_mutmut()
    mutmut.load_stats()
    mutmut.set_mutant_under_test("list_all_tests")
    with mutmut.CatchOutput():
        listed = runner.list_all_tests()
    listed.clear_out_obsolete_test_names()
    for place in (*room.tests, *room.more_tests):
        new = [test for test in listed.new_tests() if test.startswith(place)]
        if place in room.more_tests:
            new = [test for test in new if not _needs_server(test)]
        if new and time.monotonic() > deadline:
            return False
        if new:
            mutmut.run_stats_collection(runner, sorted(new))
    mutmut.set_mutant_under_test("")
    with mutmut.CatchOutput():  # which fails where pytest does not know one of them by its name
        cast("Any", runner.test_runner).execute_pytest(["--collect-only", "-qqq", *mutmut.collected_test_names()])
    return True


def _try_imported(name: str) -> int:
    """What no test passes through may run at import: a process that begins with the mutant tries what passes through its file."""
    from mutmut.configuration import config
    from mutmut.state import state
    from mutmut.utils.format_utils import mangled_name_from_mutant_name

    module = mangled_name_from_mutant_name(name).rpartition(".")[0]
    everything = state().tests_by_mangled_function_name.items()
    near = {test for function, tests in everything if function.rpartition(".")[0] == module for test in tests}
    asked = choose_quickest({test: state().duration_by_test[test] for test in near if not _needs_server(test)}, SECONDS)
    if not asked:
        return UNTESTED
    command = [sys.executable, "-m", "pytest", "-x", "-q", *config().pytest_add_cli_args, *asked]
    around, seconds = {**os.environ, "MUTANT_UNDER_TEST": name}, 2 * PATIENCE * (SECONDS + PATIENCE_SECONDS)
    try:
        done = subprocess.run(command, cwd=FOLDER, env=around, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return ENDLESS
    return UNTESTED if done.returncode == 0 else KILLED


def _needs_server(test: str) -> bool:
    return "postgres" in test


def _try(runner: ForkRunner, name: str) -> int:
    """Run tests that pass through the mutant's function, quick ones first, until one fails, and return how that ended."""
    known, status = _find_seconds(name), UNTESTED
    if not known:
        return _try_imported(name)
    for served in (False, True):  # a server is started only for what went by all that needs none
        asked = choose_quickest({test: known[test] for test in known if _needs_server(test) is served}, SECONDS)
        if asked and status in {SURVIVED, UNTESTED}:
            status = ask_patiently(partial(_ask, runner, name), asked)
    return status


def ask_patiently(ask: Callable[[Mapping[str, float], float], int], asked: Mapping[str, float]) -> int:
    """Ask tests what they notice; what seems endless may only be slow beside others, and is asked again with more patience.

    First the quickest few: for what is endless indeed they say so as well as all of them. What goes by those is asked of all.
    """
    status = ask(asked, PATIENCE)
    if OUTCOMES.get(status) != OUTCOMES[ENDLESS]:
        return status
    status = ask(choose_quickest(asked, FEW_SECONDS), MORE_PATIENCE)
    return ask(asked, MORE_PATIENCE) if status == SURVIVED else status


def _ask(runner: ForkRunner, name: str, asked: Mapping[str, float], patience: float) -> int:
    seconds = sum(asked.values())
    runner.submit(name, list(asked), math.ceil(2 * patience * (seconds + PATIENCE_SECONDS)), seconds)
    return runner.wait_for_result().exit_code


def choose_quickest(seconds: Mapping[str, float], most: float) -> dict[str, float]:
    """Choose the quickest tests that together take no longer, or the quickest one where each does, and say what each takes."""
    ordered = sorted(seconds.items(), key=lambda each: each[1])
    sums = accumulate(taken for _, taken in ordered)
    return dict([each for each, total in zip(ordered, sums, strict=True) if total <= most] or ordered[:1])


def _find_seconds(name: str) -> dict[str, float]:
    """Find the tests that pass through a mutant's function, and what each takes."""
    from mutmut.state import state
    from mutmut.utils.format_utils import mangled_name_from_mutant_name

    tests = state().tests_by_mangled_function_name.get(mangled_name_from_mutant_name(name), set())
    return {test: state().duration_by_test[test] for test in tests}


def _settle(file: SourceFileMutationData, name: str, status: int) -> None:
    file.exit_code_by_key[name] = status
    file.save()


def _report(found: Mapping[str, str]) -> Iterator[str]:
    """Figures, then every survivor."""
    counts = Counter(found.values())
    yield ""
    yield f"{len(found)} mutants: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    noticed = sum(count for outcome, count in counts.items() if outcome not in {*MISSED, "not tried"})
    yield f"{noticed / max(1, len(found)):.1%} noticed"
    yield from (f"{outcome}: {name}" for name, outcome in sorted(found.items()) if outcome in MISSED)


def _report_sample(found: Mapping[str, str]) -> Iterator[str]:
    """Likewise, with what that says of the whole room, and how the survivors differ."""
    from mutmut.mutation.diff_apply import find_mutant, get_diff_for_mutant

    yield from _report(found)
    passed = {name: outcome for name, outcome in found.items() if outcome != OUTCOMES[REFUSED]}
    for kind, some in (("all", found), ("those that mypy lets pass", passed)):
        noticed = sum(outcome not in MISSED for outcome in some.values())
        if some and "not tried" not in some.values():  # what mypy refuses is settled first, and is no sample
            low, high = compute_interval(noticed, len(some))
            yield f"of {kind}: {noticed} of {len(some)} noticed, {noticed / len(some):.1%} ({low:.1%} to {high:.1%})"
    for name in sorted(name for name, outcome in found.items() if outcome in MISSED):
        yield f"\n{found[name]}: {name}\n{get_diff_for_mutant(name, path=find_mutant(name).path)}"


def _read_outcomes() -> dict[str, str]:
    found: dict[str, str] = {}
    for file in FOLDER.rglob("*.meta"):
        statuses = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        words = list_words(file.with_suffix("").read_text(encoding="utf-8"))
        for name, status in statuses.items():
            found[name] = WORDS if name.rpartition(".")[2] in words else OUTCOMES.get(status, "killed")
    return found


if __name__ == "__main__":
    sys.exit(main())

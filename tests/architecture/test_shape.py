from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES, FILE_LINES, TEST_FILE_LINES = 50, 350, 600
CLOCKS = {"time", "monotonic", "perf_counter", "process_time"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "misc"}

SOURCES = sorted(path for room in ("bot", "storage", "tests") for path in (ROOT / room).rglob("*.py"))


def walk_statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All statements, each before those inside it; of their expressions, which are most of a tree, none."""
    for statement in body:
        yield statement
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            yield from walk_statements(getattr(statement, part, ()))


@cache
def list_functions(path: Path) -> list[tuple[str, int]]:
    """Names and body lengths, without the docstring, of the functions in a file."""
    found = []
    for node in walk_statements(ast.parse(path.read_text(encoding="utf-8")).body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found.append((node.name, (node.end_lineno or 0) - body[0].lineno + 1 if body else 0))
    return found


def name(path: Path) -> str:
    """The path inside the project."""
    return str(path.relative_to(ROOT))


def is_test(path: Path) -> bool:
    """Whether it is of the tests, wherever the clone lies."""
    return path.relative_to(ROOT).parts[0] == "tests"


def test_no_function_is_long() -> None:
    """What separates admired codebases from sad ones is the length of functions: none above 50 lines."""
    long = [
        f"{name(path)}:{function} {lines}"
        for path in SOURCES
        for function, lines in list_functions(path)
        if lines > FUNCTION_LINES
    ]
    assert not long


def test_no_file_is_long() -> None:
    """A file holds one thing: none above 350 lines, tests 600."""
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    bound = {path: TEST_FILE_LINES if is_test(path) else FILE_LINES for path in SOURCES}
    assert not [f"{name(path)} {size}" for path, size in sizes.items() if size > bound[path]]


def test_most_functions_are_short() -> None:
    """Bodies of the product: median at most 8 lines, nine in ten at most 20."""
    lengths = sorted(lines for path in SOURCES if not is_test(path) for _, lines in list_functions(path))
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 20


def parse_tests(*words: str) -> Iterator[tuple[Path, ast.Module]]:
    """Those in which any of the words stands: most have nothing to look for."""
    for path in filter(is_test, SOURCES):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            yield path, ast.parse(text)


def list_timed_asserts(tree: ast.AST) -> Iterator[int]:
    """Lines of asserts that hold the time something took against an upper bound."""

    def is_timed(node: ast.AST, names: set[str]) -> bool:
        return any(
            (isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in CLOCKS)
            or (isinstance(part, ast.Name) and part.id in names)
            for part in ast.walk(node)
        )

    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        timed: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and is_timed(node.value, timed):
                timed |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Assert)
                and isinstance(node.test, ast.Compare)
                and isinstance(node.test.left, ast.BinOp)
            ):
                upper = isinstance(node.test.ops[0], ast.Lt | ast.LtE)
                if upper and is_timed(node.test.left, timed):
                    yield node.lineno


def test_no_test_asserts_how_long_something_took() -> None:
    """A slow machine fails nothing: no upper bound stands on a clock."""
    assert list(
        list_timed_asserts(ast.parse("def test():\n b = time.monotonic()\n run()\n assert time.monotonic() - b < 2"))
    ) == [4]
    found = {
        name(path): list(list_timed_asserts(tree)) for path, tree in parse_tests(*(f".{each}(" for each in CLOCKS))
    }
    assert not {path: lines for path, lines in found.items() if lines}


def list_unlimited_waits(node: ast.AST, *, limited: bool = False) -> Iterator[int]:
    """Lines of loops that sleep until something is so, and would for ever if it never is.

    A limit is a time-out around them, a look at a clock, or at whether a program has ended.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        limited = False
    if isinstance(node, ast.AsyncWith):
        limited = limited or any("timeout(" in ast.unparse(each.context_expr) for each in node.items)
    if isinstance(node, ast.While) and not limited and not isinstance(node.test, ast.Constant):
        said = ast.unparse(node)
        if "sleep(" in said and not any(word in said for word in ("monotonic(", "deadline", ".status", "raise ")):
            yield node.lineno
    for part in ast.iter_child_nodes(node):
        yield from list_unlimited_waits(part, limited=limited)


def test_no_test_waits_for_ever() -> None:
    """What never comes is found out by its own test, and not by whoever ends the whole run."""
    loop = "async def wait():\n {}:\n  while not ready():\n   await asyncio.sleep(0.1)"
    assert list(list_unlimited_waits(ast.parse(loop.format("if True")))) == [3]
    assert not list(list_unlimited_waits(ast.parse(loop.format("async with asyncio.timeout(60)"))))
    found = {name(path): list(list_unlimited_waits(tree)) for path, tree in parse_tests("sleep(")}
    assert not {path: lines for path, lines in found.items() if lines}


def test_nobody_waits_in_a_way_that_may_swallow_a_cancelling() -> None:
    """`asyncio.wait_for` of Python 3.11 does, where what it waits for comes true in the same moment: a stop would hang."""
    files = [path for path in SOURCES if not is_test(path)]
    assert not [name(path) for path in files if "asyncio.wait_for(" in path.read_text(encoding="utf-8")]


def test_every_module_names_what_it_is_for() -> None:
    """No module called after nothing in particular."""
    assert not [name(path) for path in SOURCES if path.stem in FORBIDDEN_NAMES]


def test_arrows_point_one_way() -> None:
    """Rooms import each other only along the arrows of the design."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name_of_lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_files_name_no_index(name_of_lock: str) -> None:
    """A lock pins by hash and says nothing of where packages come from."""
    lock = (ROOT / name_of_lock).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", lock)
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pinned
    assert all(re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==\S+ ", line) for line in pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_every_dependency_is_locked_and_the_product_drags_in_no_test_tools() -> None:
    """Whatever pyproject asks for stands in a lock file; what the demo installs is the product's own, same versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    product, tools = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    locked, locked_with_tools = _read_lock("requirements.lock"), _read_lock("requirements-dev.lock")
    assert _list_names(product) <= {name for name, _ in locked}
    assert _list_names(product + tools) <= {name for name, _ in locked_with_tools}
    assert not _list_names(tools) & {name for name, _ in locked}
    assert locked <= locked_with_tools


def _list_names(wanted: list[str]) -> set[str]:
    return {re.split(r"[\[<>=;]", item)[0].strip() for item in wanted}


def _read_lock(name_of_lock: str) -> set[tuple[str, str]]:
    lock = (ROOT / name_of_lock).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)", lock, re.MULTILINE))


@pytest.mark.parametrize(
    "room", ["bot", "storage", "docs", "README.md", "Makefile", "pyproject.toml", "assets/campaigns"]
)
def test_no_path_of_a_developers_machine_is_committed(room: str) -> None:
    """The project speaks of itself alone."""
    place = ROOT / room
    files = (
        [place] if place.is_file() else [path for path in place.rglob("*") if path.suffix in {".py", ".md", ".toml"}]
    )
    assert not [name(path) for path in files if re.search(r"/(work|root|home)/", path.read_text(encoding="utf-8"))]


def test_a_day_is_told_once() -> None:
    """However long it is counted: whoever needs one takes it from bot/core/durations.py."""
    told = re.compile(r"\b86_?400\b|\b24 \* (?:3_?600|HOUR)|\b3_?600 \* 24\b")
    files = [path for path in (ROOT / "bot").rglob("*.py") if "playground" not in path.parts]
    found = [f"{path.relative_to(ROOT)}" for path in files if told.search(path.read_text(encoding="utf-8"))]
    assert sorted(found) == ["bot/core/durations.py"]


def test_each_change_of_the_tables_says_whether_it_only_adds() -> None:
    """From 0061 on: an older program goes on only where one has thought of it (CONTRIBUTING)."""
    steps = {path.name[1:5]: path.read_text("utf-8") for path in (ROOT / "storage/migrations/versions").glob("v*.py")}
    assert not [number for number, step in steps.items() if number > "0060" and "\nadditive = " not in step]


def test_whatever_make_test_leaves_out_is_run_by_make_long_and_ci_runs_both() -> None:
    """Between them every test there is, neither with another choice of tests; pytest by itself leaves nothing out."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    assert "--strict-markers" in options["addopts"]
    assert not {"-m", "-k"} & {option[:2] for option in options["addopts"]}
    assert [mark for mark in options["markers"] if mark.startswith("long: ")]
    recipes = dict(re.findall(r"(?m)^(test|long): .*\n\t(.*)$", (ROOT / "Makefile").read_text("utf-8")))
    assert recipes["test"].replace('-m "not long"', "-m long") == recipes["long"]
    assert recipes["long"].endswith(" -m long $(ARGS)")
    script = (ROOT / ".ci" / "run").read_text("utf-8").partition("\nmake check\n")[2]
    assert "\nfor part in test long; do\n  if ! make $part ARGS=" in script
    assert not re.search(r" (-m|-k|--deselect|--ignore)\b", script)
    assert " --fail-under=" in script.partition("\ndone\n")[2]  # of both together

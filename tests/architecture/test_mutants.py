from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.mutants import ROOMS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")


def list_functions(path: Path) -> set[str]:
    """Names of a file's functions, and of its methods with their class before them."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            found.update(f"{node.name}.{method.name}" for method in methods)
    return found


def test_survivors_that_are_listed_are_in_the_code() -> None:
    """A row of the page names a file and functions in it: what went away, or goes by another name, leaves the page."""
    rows = re.findall(r"^\| `([\w/]+\.py)` \| ([^|]+) \|", PAGE, re.MULTILINE)
    assert rows
    for file, names in rows:
        told = set(re.findall(r"`([\w.]+)`", names))
        assert told
        assert told <= list_functions(ROOT / file), f"{file}: {told - list_functions(ROOT / file)}"


def test_every_room_has_code_and_tests_and_figures() -> None:
    """A file that moved takes its mutants along; each room says how many were noticed."""
    for name, room in ROOMS.items():
        for part in (*room.code, *room.tests, *room.more_tests):
            assert (ROOT / part).exists(), f"{name}: {part}"
        assert re.search(rf"^\| {name} \| ", PAGE, re.MULTILINE), name

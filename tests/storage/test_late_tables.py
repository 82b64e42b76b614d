"""What a process does not ask of the tables, it does not load."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import storage.tables

PROGRAM = """
import json, sys
from storage.tables import contests, people
seen = ["storage.tables.contests" in sys.modules, "storage.schema.contests" in sys.modules]
contests.find_open
from storage.tables import contests as again
seen += ["storage.tables.contests" in sys.modules, again.find_open is contests.find_open, "storage.tables.people" in sys.modules]
print(json.dumps(seen))
"""


def test_a_table_and_its_statements_are_made_when_one_is_used() -> None:
    """Naming a file of the folder loads nothing; the first use of something in it loads it, and nothing else of it comes twice."""
    function = next(name for name in vars(import_module("storage.tables.contests")) if name.startswith("find_"))
    program = PROGRAM.replace("find_open", function)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert json.loads(done.stdout) == [False, False, True, True, False]


def test_every_file_of_the_folder_can_be_asked_for_late() -> None:
    """Whoever stands for it has what it has, the very same things."""
    names = [each.stem for each in Path(storage.tables.__path__[0]).glob("[a-z]*.py")]
    late = {name: storage.tables.__getattr__(name) for name in names}

    assert len(names) > 70
    for name, stands in late.items():
        module = import_module(f"storage.tables.{name}")
        ours = [each for each in vars(module) if not each.startswith("_")]
        assert [each for each in ours if getattr(stands, each) is not getattr(module, each)] == [], name


def test_what_is_not_there_is_refused_at_once() -> None:
    """A mistaken name is no promise of a file that nobody finds later."""
    with pytest.raises(ImportError):
        exec("from storage.tables import nobody")
    with pytest.raises(AttributeError, match="nobody"):
        _ = storage.tables.nobody

"""The glossary is the one list of words, and true to the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from storage.schema.everything import metadata

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "glossary.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\*\*[^|]+?) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
CAPABILITIES = re.findall(r"^\| \*\*(\w+)\*\* \| [^|]+ \|$", TEXT, re.MULTILINE)

SHARED = {
    "campaigns",
    "cleaning",
    "conversations",
    "deps",
    "hello",
    "members",
    "notices",
    "reply",
    "roles",
    "bot_profile",
}
"""Modules of services and handlers that every capability leans on, and that are none."""


@cache
def read_definitions() -> frozenset[str]:
    """Names of all classes and functions of the program."""
    sources = [path.read_text("utf-8") for room in ("bot", "storage") for path in (ROOT / room).rglob("*.py")]
    return frozenset(
        name for source in sources for name in re.findall(r"^(?:class|def|async def) (\w+)", source, re.MULTILINE)
    )


def is_there(name: str) -> bool:
    """Whether a name of the last column is a path, a table, a column, a class or a function."""
    table, _, column = name.partition(".")
    if "/" in name:
        return (ROOT / name).exists()
    if table in metadata.tables:
        return not column or column in metadata.tables[table].columns
    return name in read_definitions()


@pytest.mark.parametrize(("word", "where"), [(word, where) for word, _, where in ROWS], ids=lambda text: str(text)[:40])
def test_a_word_is_found_where_the_glossary_says(word: str, where: str) -> None:
    """Every name leads somewhere; a word that is nowhere yet says so."""
    names = re.findall(r"`([^`]+)`", where)
    assert [name for name in names if not is_there(name)] == []
    assert names or "](" in where or where == "not built yet", word


def test_every_capability_of_the_layers_has_its_line() -> None:
    """Whoever reads a folder's name in services or handlers finds in the glossary what people do with it."""
    named = {
        path.stem
        for layer in ("services", "handlers")
        for path in (ROOT / "bot" / layer).iterdir()
        if not path.name.startswith("__")
    }
    assert sorted(named - SHARED - set(CAPABILITIES)) == []


def test_no_word_stands_twice() -> None:
    """One meaning a word."""
    words = [each.strip() for word, _, _ in ROWS for each in word.split("**")[1].split(",")]
    assert len(ROWS) > 30
    assert sorted(words) == sorted(set(words))

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.spreadsheets import Cell, Format, compose_head, compose_rows, defuse

CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(st.characters(exclude_categories=["Cs"])))


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"],  # noqa: RUF001
)
def test_what_a_spreadsheet_would_run_becomes_text(cell: str) -> None:
    """A text that begins like a formula has an apostrophe in front of it."""
    assert defuse(cell) == f"'{cell}"
    assert next(csv.reader(io.StringIO(compose_rows(["a"], [[cell]], Format.CSV).decode(), newline=""))) == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["Ayu", "a=1", "'=1", "", -5, None])
def test_everything_else_stays_what_it_is(cell: Cell) -> None:
    """A debt is a number and no formula; a name with a sign inside is a name."""
    assert defuse(cell) == cell


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_whatever_is_written_is_read_back(rows: list[tuple[Cell, Cell]]) -> None:
    """Line ends, quotes, commas and NULs in a cell move no other; no cell runs; JSON lines say what there is to the letter."""
    columns = ["a", "b"]
    content = compose_head(columns, Format.CSV) + compose_rows(columns, rows, Format.CSV)
    read = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert read[0] == columns
    assert [[cell.removeprefix("'") for cell in row] for row in read[1:]] == [
        [_show(cell).removeprefix("'") for cell in row] for row in rows
    ]
    assert not [cell for row in read for cell in row if cell[:1] in set("=+-@\t\r\n") and not cell[1:].isdecimal()]
    lines = compose_rows(columns, rows, Format.JSONL).decode().split("\n")[:-1]
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    assert all(list(json.loads(line)) == columns for line in lines)


def test_json_lines_have_no_head() -> None:
    """Each line says its own names."""
    assert compose_head(["a"], Format.JSONL) == b""
    assert compose_rows(["a", "b"], [["=1", True]], Format.JSONL) == b'{"a": "=1", "b": true}\n'
    assert compose_rows(["a"], [["一杯"], ["é"]], Format.JSONL) == '{"a": "一杯"}\n{"a": "é"}\n'.encode()


def _show(cell: Cell) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)

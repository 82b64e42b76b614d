"""Lists for spreadsheets and for programs: a row as a line of CSV or of JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

BYTE_ORDER_MARK = "\ufeff".encode()
"""Without it a spreadsheet that opens a CSV file takes it for the machine's old encoding; programs are better off without."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- the wide forms do the same
"""What a cell begins with that a spreadsheet would run. https://owasp.org/www-community/attacks/CSV_Injection"""

Cell = str | int | float | bool | None
T = TypeVar("T")


class Format(StrEnum):
    """How a list is written down."""

    CSV = "csv"
    JSONL = "jsonl"
    """One JSON object a line."""


MEDIA_TYPES = {Format.CSV: "text/csv; charset=utf-8", Format.JSONL: "application/jsonl; charset=utf-8"}


def defuse(cell: T) -> T | str:
    """The cell as no spreadsheet takes it for a formula: with an apostrophe in front, where it must be."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def compose_head(columns: Sequence[str], form: Format) -> bytes:
    """What stands before the first row: the names in CSV, nothing in JSON lines."""
    return _compose_csv([columns]) if form is Format.CSV else b""


def compose_rows(columns: Sequence[str], rows: Iterable[Sequence[Cell]], form: Format) -> bytes:
    """Rows as lines, each with its end (RFC 4180 has CR LF); in CSV nothing is an empty cell, and formulas are defused."""
    if form is Format.JSONL:
        objects = (dict(zip(columns, row, strict=True)) for row in rows)
        return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in objects).encode()
    return _compose_csv([_show(cell) for cell in row] for row in rows)


def _show(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else defuse(cell)


def _compose_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()

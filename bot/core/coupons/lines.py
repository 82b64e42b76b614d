"""A list of coupons as it comes from shops, spreadsheets and other programs: bytes in, rows of cells out, a few at a time."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from storage.frozen import frozen

LINE_LIMIT = 4096
"""Characters of a row; a longer one is no coupon."""

ROW_LINES = 20
"""A quoted cell may go over so many lines; beyond them a quotation mark was never closed."""

SAMPLE_LINES = 50
"""From so many it is seen what separates the cells."""

HEAD_BYTES = 1024
UTF_8 = "utf-8-sig"
SEPARATORS = ",;\t|"
_NOTHING = "\x1f"
"""Stands between cells where there is only one in a row."""

_TABLES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of spreadsheet programs begin."""

_QUOTED = re.compile(r'"(?:[^"]|"")*"')


class FileMistake(Exception):
    """A file that is no list of coupons as a whole.

    Args:
        is_spreadsheet: It is a spreadsheet program's own file; else it is no text at all.
    """

    def __init__(self, *, is_spreadsheet: bool) -> None:
        super().__init__("a spreadsheet's own file" if is_spreadsheet else "no text")
        self.is_spreadsheet = is_spreadsheet


@frozen(kw_only=False)
class Line:
    """A row: the number of its first line in the file, counting from 1, and its cells; None where it cannot be read."""

    number: int
    cells: list[str] | None


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Read rows of cells, whatever separates them, in whatever encoding; empty lines are left out.

    Bytes that are no UTF-8 come as lone surrogates, from which `read_legacy` makes letters.

    Args:
        file: At its beginning; it can be sought in.

    Raises:
        FileMistake: it is no text.
    """
    encoding = _find_encoding(file)
    errors = "surrogateescape" if encoding == UTF_8 else "replace"
    source = _Source(io.TextIOWrapper(file, encoding, errors=errors))
    try:
        while (record := source.take_record()) is not None:
            number, text = record
            if text is None:
                yield Line(number, None)
            elif text.strip() and not (number == 1 and re.fullmatch("sep=.", text.strip(), re.IGNORECASE)):
                yield Line(number, _split(text, source.separator))
    finally:
        source.detach()


def read_legacy(cell: str) -> list[str]:
    """What a cell may say that is no UTF-8: in Chinese, and in Western letters; itself where it is."""
    try:
        raw = cell.encode("utf-8", "surrogateescape")
        raw.decode()
    except UnicodeDecodeError:
        return [raw.decode("gb18030", "replace"), raw.decode("cp1252", "replace")]
    except UnicodeEncodeError:
        return []
    return [cell]


def _find_encoding(file: BinaryIO) -> str:
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if head.startswith(_TABLES):
        raise FileMistake(is_spreadsheet=True)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = (head[first::2].count(0) * 4 > len(head) for first in (0, 1))
    if odd and even:
        raise FileMistake(is_spreadsheet=False)
    if odd or even:  # Latin letters in two bytes each
        return "utf-16-le" if odd else "utf-16-be"
    return UTF_8


def _split(text: str, separator: str) -> list[str]:
    cells = next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    return [cell.strip() for cell in cells]


class _Source:
    """Lines with their numbers, some of which may be put back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 0
        self._back: deque[tuple[int, str]] = deque()
        self.separator = self._find_separator()
        inside = f"[^{re.escape(self.separator)}]*"
        cell = f'(?: *"(?:[^"]|"")*+"{inside}|(?! *"){inside})'
        self._whole = re.compile(f"{cell}(?:{re.escape(self.separator)}{cell})*")

    def detach(self) -> None:
        """Leave the file open, which is somebody else's."""
        self._text.detach()

    def _find_separator(self) -> str:
        """What comes first in most lines, outside of quotation marks: the first cell is the code, and holds none of them."""
        sample = list(islice(iter(self._take, None), SAMPLE_LINES))
        self._back.extend(sample)
        first = [
            re.search(f"[{SEPARATORS}]", _QUOTED.sub("", line)) for _, line in sample if not line.startswith("sep=")
        ]
        votes = [found[0] for found in first if found is not None]
        return max(SEPARATORS, key=votes.count) if votes else _NOTHING

    def take_record(self) -> tuple[int, str | None] | None:
        """The next row and its number; None for its text where it is too long, or a quotation mark is not closed."""
        taken = self._take()
        if taken is None:
            return None
        number, text = taken
        if len(text) > LINE_LIMIT:
            return number, None
        following: list[tuple[int, str]] = []
        while not self._whole.fullmatch(text) and len(following) < ROW_LINES and len(text) <= LINE_LIMIT:
            more = self._take()
            if more is None:
                break
            following.append(more)
            text += f"\n{more[1]}"
        if not self._whole.fullmatch(text):
            self._back.extendleft(reversed(following))
            return number, None
        return number, text

    def _take(self) -> tuple[int, str] | None:
        if self._back:
            return self._back.popleft()
        line = self._text.readline(LINE_LIMIT + 1)
        if not line:
            return None
        self._number += 1
        rest = line
        while not rest.endswith("\n") and (rest := self._text.readline(LINE_LIMIT)):
            line = line[: LINE_LIMIT + 1] + "…"  # what is too long stays so, however little is kept of it
        return self._number, line.removesuffix("\n")

"""Lists of coupons, as shops, spreadsheets and other programs write them."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.coupons.dates import find_day, parse_end
from bot.core.coupons.lines import LINE_LIMIT, ROW_LINES, FileMistake
from bot.core.coupons.pools import decide_level, decide_warned, fold_code, parse_pool
from bot.core.coupons.rows import Coupon, Problem, Refused, read_coupons
from storage.facts import PoolLevel

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = int(datetime(2026, 3, 12, tzinfo=UTC).timestamp()) * 1_000_000
END_OF_2026 = int(datetime(2027, 1, 1, tzinfo=JAKARTA).timestamp()) * 1_000_000


def read(content: str | bytes, encoding: str = "utf-8") -> list[Coupon | Refused]:
    """What a file of this content says."""
    raw = content.encode(encoding) if isinstance(content, str) else content
    return list(read_coupons(io.BytesIO(raw), JAKARTA, NOW))


def list_codes(content: str | bytes, encoding: str = "utf-8") -> list[str]:
    """The codes of a file that can be taken as a whole."""
    rows = read(content, encoding)
    assert not [row for row in rows if isinstance(row, Refused)]
    return [row.code for row in rows if isinstance(row, Coupon)]


def list_refused(content: str | bytes) -> list[tuple[int, Problem]]:
    """The rows of a file that cannot be taken."""
    return [(row.number, row.problem) for row in read(content) if isinstance(row, Refused)]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("AB-1\nAB-2\n", "utf-8"),
        ("AB-1\nAB-2", "utf-8-sig"),
        ("AB-1\r\nAB-2\r\n", "utf-8"),
        ("AB-1\rAB-2\r", "utf-8"),
        ("AB-1\r\nAB-2\r\n", "utf-16"),
        ("AB-1\r\nAB-2\r\n", "utf-16-le"),
        ("AB-1\r\nAB-2\r\n", "utf-16-be"),
        ("\n\n  AB-1 \n\n\t\nAB-2\u00a0\n\n", "utf-8"),
        ('"AB-1"\n"AB-2"\n', "utf-8"),
        ('=""AB-1""\nAB-2'.replace('""', '"'), "utf-8"),
        ('"=""AB-1"""\nAB-2', "utf-8"),
        ("code\nAB-1\nAB-2", "utf-8"),
        ("Voucher code\nAB-1\nAB-2", "utf-8"),
        ("Kode kupon;Berlaku sampai\nAB-1;\nAB-2;31.12.2026", "utf-8"),
        ("优惠码,有效期\nAB-1,2026年12月31日\nAB-2,", "utf-8"),
        ("优惠码,有效期\nAB-1,2026-12-31\nAB-2,", "gb18030"),
        ("Gültig bis;Code\n;AB-1\n31.12.2026;AB-2", "cp1252"),
        ("id\tcode\tnote\n1\tAB-1\tpour l'été\n2\tAB-2\t5\" plate", "cp1252"),
        ("sep=;\nAB-1;2026-12-31\nAB-2;2026-12-31", "utf-8"),
        ('code,note\nAB-1,"two\nlines, and a ""word"""\nAB-2,\n', "utf-8"),
        ("AB-1|2026-12-31\nAB-2|2026-12-31", "utf-8"),
        ("AB-1,\nAB-2,\n,\n,,\n", "utf-8"),
    ],
)
def test_codes_are_read_however_the_file_was_written(content: str, encoding: str) -> None:
    """Encodings, ends of lines, separators, quotation marks, headings, blanks: the same two codes."""
    assert list_codes(content, encoding) == ["AB-1", "AB-2"]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",2026-12-31", Problem.NOTHING),
        ("A" * 101, Problem.LONG),
        ("A" * 5000, Problem.ROW),
        ('"AB', Problem.ROW),
        ("A\u200bB", Problem.SIGNS),
        ("A\x00B", Problem.SIGNS),
        ("A\u202eB", Problem.SIGNS),
        ("1.23457E+12", Problem.SHORTENED),
        ("1,23E+12;2026-12-31", Problem.SHORTENED),
        ("AB,soon", Problem.DATE),
        ("AB,2026-02-30", Problem.DATE),
        ("AB,03/04/2027", Problem.DATE),
        ("AB,2026-03-11", Problem.OVER),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_by_its_line(row: str, problem: Problem) -> None:
    """And all others are taken, before it and after."""
    separator = ";" if ";" in row else ","
    rows = read(f"code{separator}expires\nFIRST{separator}\n{row}\nLAST{separator}\n".encode("utf-8", "surrogatepass"))
    assert [each.code for each in rows if isinstance(each, Coupon)] == ["FIRST", "LAST"]
    assert [(each.number, each.problem) for each in rows if isinstance(each, Refused)] == [(3, problem)]


def test_letters_of_an_unknown_encoding_are_refused_and_not_guessed() -> None:
    """A code must be the code; what is asked for is the file as UTF-8."""
    assert list_refused("ÉTÉ-1\nAB-2\n".encode("cp1252")) == [(1, Problem.SIGNS)]
    assert list_codes("ÉTÉ-1\nAB-2\n") == ["ÉTÉ-1", "AB-2"]


@pytest.mark.parametrize(
    ("head", "is_spreadsheet"),
    [
        (b"PK\x03\x04\x14", True),
        (b"\xd0\xcf\x11\xe0", True),
        (b"\0\0\1\0\0\0\0", False),
    ],
)
def test_what_is_no_text_is_refused_as_a_whole(head: bytes, *, is_spreadsheet: bool) -> None:
    """A spreadsheet's own file is the usual slip."""
    with pytest.raises(FileMistake) as mistake:
        read(head)
    assert mistake.value.is_spreadsheet is is_spreadsheet


@pytest.mark.parametrize(
    "said",
    [
        "2026-12-31",
        "2026/12/31",
        "2026.12.31",
        "31.12.2026",
        "31/12/2026",
        "12/31/2026",
        "31-12-2026",
        "2026年12月31日",
        "2027-01-01 00:00",
        "2027-01-01T00:00:00",
        "2026-12-31T17:00:00Z",
        "2026-12-31T17:00:00.000Z",
        "2027-01-01T00:00:00+07:00",
        " 2026-12-31 ",
    ],
)
def test_a_day_is_good_to_its_end_where_the_shop_is(said: str) -> None:
    """However it is written; a moment is that moment."""
    assert parse_end(said, JAKARTA) == END_OF_2026


@pytest.mark.parametrize("said", ["", "soon", "45657", "31.13.2026", "01/02/2027", "2026-12-31 25:00", "9999-12-31"])
def test_what_is_no_day_or_could_be_two_is_not_guessed(said: str) -> None:
    """The row is refused, and its shop is asked to say it plainly; nor is there a day after the last."""
    assert parse_end(said, JAKARTA) is None


@given(st.binary(max_size=400))
def test_no_file_whatever_breaks_the_reading(raw: bytes) -> None:
    """Each row is a coupon that can be shown, or is refused."""
    try:
        rows = read(raw)
    except FileMistake:
        return
    for row in rows:
        text = row.code if isinstance(row, Coupon) else row.said
        assert text.encode() is not None
        assert text.isprintable()


def test_a_long_list_is_read_in_flat_memory() -> None:
    """A hundred thousand rows take no more room at a time than a thousand, and one endless line no more than its limit."""

    class Endless(io.RawIOBase):
        def __init__(self, rows: Iterator[bytes]) -> None:
            self._rows, self._head = rows, b""

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            chunk = next(self._rows, b"")
            buffer[: len(chunk)] = chunk
            return len(chunk)

    def measure(rows: Iterator[bytes]) -> int:
        source = Endless(rows)
        source.seek = lambda *_: 0  # type: ignore[method-assign]
        source.read = lambda *_: b""  # type: ignore[method-assign]
        tracemalloc.start()
        for _ in read_coupons(source, UTC, NOW):  # type: ignore[arg-type]
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few = measure(f"CODE{number},2026-12-31\n".encode() for number in range(1000))
    many = measure(f"CODE{number},2026-12-31\n".encode() for number in range(20_000))
    endless = measure(b"x" * 4000 for _ in range(2000))
    assert max(many, endless) < few + 200_000


def test_a_pool_is_named_as_campaign_files_name_things() -> None:
    """However it is typed under a document; anything else is no name."""
    assert [parse_pool(said) for said in ("coffee", " Coffee ", "free coffee", "a-1")] == [
        "coffee",
        "coffee",
        "free-coffee",
        "a-1",
    ]
    assert [parse_pool(said) for said in ("", "-", "-a", "café", "咖啡", "a" * 33, "a/b", "a:b")] == [None] * 8


def test_a_code_is_found_as_people_type_it() -> None:
    """Small letters, gaps and hyphens do not matter; what else it is made of does."""
    assert len({fold_code(said) for said in ("AB-12 x", "ab12X", "AB 12·X", "\uff21\uff22\uff11\uff12x")}) == 1
    assert fold_code("AB12") != fold_code("AB13")
    assert fold_code("--") == "--"


def test_a_pool_is_low_at_a_tenth_and_each_level_is_told_once() -> None:
    """Of what was there after the last import; a small pool goes from full to empty."""
    assert [decide_level(ready, 100) for ready in (100, 11, 10, 1, 0)] == [
        PoolLevel.FULL,
        PoolLevel.FULL,
        PoolLevel.LOW,
        PoolLevel.LOW,
        PoolLevel.EMPTY,
    ]
    assert decide_level(1, 9) is PoolLevel.FULL
    assert decide_warned(PoolLevel.LOW, PoolLevel.FULL)
    assert not decide_warned(PoolLevel.LOW, PoolLevel.LOW)
    assert not decide_warned(PoolLevel.LOW, PoolLevel.EMPTY)
    assert decide_warned(PoolLevel.EMPTY, PoolLevel.LOW)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("11/12/2030", None),
        ("12/11/2030", None),
        ("12/12/2030", date(2030, 12, 12)),
        ("13/12/2030", date(2030, 12, 13)),
        ("12/13/2030", date(2030, 12, 13)),
        ("11.12.2030", date(2030, 12, 11)),
        ("31/31/2030", None),
    ],
)
def test_a_day_that_could_be_two_is_none(said: str, day: date | None) -> None:
    """With slashes nobody knows which is the month, unless one of them cannot be; points say the day first."""
    assert find_day(said) == day


def test_a_row_says_code_and_end() -> None:
    """The day is good to its end where the shop is; without one a code is good for ever, and one that is over at this moment is over."""
    headed = read("code,note,expires\nAB-1,,2026-12-31\nAB-2,x,\nAB-3\n")
    assert headed == [Coupon(code="AB-1", expires_at=END_OF_2026), Coupon(code="AB-2"), Coupon(code="AB-3")]
    assert read("AB-1,2026-12-31") == [Coupon(code="AB-1", expires_at=END_OF_2026)]
    now = datetime.fromtimestamp(NOW // 1_000_000, UTC).isoformat()
    assert [type(each) for each in read(f"AB-1,{now}\nAB-2,{now.replace(':00+', ':01+')}")] == [Refused, Coupon]


def test_what_is_refused_is_shown_in_short() -> None:
    """The cell that is meant, as far as somebody can see it."""
    rows = read(f"AB-1,so\ton\n{'x' * 101}\nA\u200bB\n{'y' * 39}\x00,\nAB-2,{'z' * 40}\nAB-3,2026-03-11\n,2026-12-31\n")
    assert rows == [
        Refused(number=1, problem=Problem.DATE, said="so\ufffdon"),
        Refused(number=2, problem=Problem.LONG, said=f"{'x' * 39}…"),
        Refused(number=3, problem=Problem.SIGNS, said="A\ufffdB"),
        Refused(number=4, problem=Problem.SIGNS, said=f"{'y' * 39}\ufffd"),
        Refused(number=5, problem=Problem.DATE, said="z" * 40),
        Refused(number=6, problem=Problem.OVER, said="2026-03-11"),
        Refused(number=7, problem=Problem.NOTHING, said=""),
    ]


def test_a_code_keeps_its_blanks_within_and_loses_those_around() -> None:
    """And signs around it that nobody sees; it may be as long as a button can copy, and begin with any letter."""
    assert list_codes("\u200b\u3000XAB 1X\u00a0\u2060\nCZ\n") == ["XAB 1X", "CZ"]
    assert list_codes("A" * 100) == ["A" * 100]
    assert list_refused("AB\ufffd") == [(1, Problem.SIGNS)]


def test_headings_may_name_the_end_alone() -> None:
    """Then the code stands in the other of the first two columns; a heading is one on top alone, with signs around it or not."""
    ends = [Coupon(code="AB-1", expires_at=END_OF_2026)]
    assert read("number,valid until,note\nAB-1,2026-12-31,x") == ends
    assert read("Valid_until:,number\n2026-12-31,AB-1") == ends
    assert read("\u200eExpires\u200f,number\n2026-12-31,AB-1") == ends
    assert read("expires,ends,until\n2026-12-31,AB-1,2026-01-01") == ends
    assert list_codes("expires\nAB-1") == ["expires", "AB-1"]
    assert list_codes("AB-1\ncode\nexpires") == ["AB-1", "code", "expires"]
    assert read("note,code\nx") == [Refused(number=2, problem=Problem.NOTHING)]


def test_rows_at_their_edges() -> None:
    """As long as a row can be, and as many lines as a cell can have; beyond them it is no row, and those behind it are."""
    longest = "A" * 90 + "," + "," * 4005
    assert len(longest) == LINE_LIMIT
    assert list_codes(f"{longest}\nAB") == ["A" * 90, "AB"]
    assert list_refused(f"{longest},\nAB") == [(1, Problem.ROW)]
    for lines, taken in ((ROW_LINES, True), (ROW_LINES + 1, False)):
        cell = "\n".join(["x"] * (lines + 1))
        rows = read(f'AB-1,,"{cell}"\nAB-2\n')
        assert (rows[0] == Coupon(code="AB-1")) is taken, lines
        assert rows[-1] == Coupon(code="AB-2")


def test_files_are_read_by_how_they_begin() -> None:
    """A line that names what separates is none itself, in whatever letters; bytes of two kinds may be broken in the middle."""
    assert list_codes("SEP=;\nAB-1;\nAB-2;") == ["AB-1", "AB-2"]
    assert list_codes('AB-1;; "two; words"\nAB-2;; "x"') == ["AB-1", "AB-2"]
    assert list_codes('"A,B";;x\n"A,C";;y') == ["A,B", "A,C"]
    assert [row.code for row in read("AB-1\n".encode("utf-16-le") + b"\x00\xd8\n\x00") if isinstance(row, Coupon)] == [
        "AB-1"
    ]
    western = read("code;valid until\nAB-1;31.12.2026 \xe9\n".encode("cp1252"))
    assert western == [Refused(number=2, problem=Problem.DATE, said="31.12.2026 \ufffd")]
    assert parse_pool("a" * 32) == "a" * 32


def test_a_moment_is_good_to_its_minute_and_second() -> None:
    """In the zone it names, else where the shop is."""
    for said, moment in (
        ("2026-12-31 10:20", datetime(2026, 12, 31, 10, 20, tzinfo=JAKARTA)),
        ("2026-12-31 10:20:30", datetime(2026, 12, 31, 10, 20, 30, tzinfo=JAKARTA)),
        ("2026-12-31T10:20:30Z", datetime(2026, 12, 31, 10, 20, 30, tzinfo=UTC)),
    ):
        assert parse_end(said, JAKARTA) == int(moment.timestamp()) * 1_000_000

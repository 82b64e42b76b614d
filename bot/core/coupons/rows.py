"""What each row of a list of coupons says: a code and until when it is good, or why it cannot be taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import tzinfo
from enum import StrEnum
from typing import BinaryIO

from bot.core.coupons.dates import parse_end
from bot.core.coupons.lines import read_legacy, read_lines
from storage.frozen import frozen

CODE_LIMIT = 100
"""Characters of a code. A button can copy 256: Bot API, CopyTextButton."""

SAID_LIMIT = 40
"""Characters of a refused cell that are shown."""

_CODES = frozenset(
    [
        "code",
        "codes",
        "coupon",
        "coupons",
        "voucher",
        "vouchers",
        "vouchercode",
        "promo",
        "promocode",
        "discountcode",
        "couponcode",
        "gutschein",
        "gutscheincode",
        "kode",
        "kodekupon",
        "kodevoucher",
        "kupon",
        "bon",
        "codigo",
        "código",
        "cupón",
        "cupom",
        "codice",
        "codepromo",
        "码",
        "券码",
        "代码",
        "优惠码",
        "优惠券",
        "兑换码",
        "折扣码",
        "優惠碼",
        "兌換碼",
        "折扣碼",
        "序號",
        "序列号",
        "クーポン",
        "クーポンコード",
        "код",
        "промокод",
        "쿠폰",
    ]
)
_ENDS = frozenset(
    [
        "expires",
        "expiry",
        "expiresat",
        "expirydate",
        "expirationdate",
        "expiration",
        "expireson",
        "validuntil",
        "validto",
        "validtill",
        "enddate",
        "until",
        "gültigbis",
        "ablaufdatum",
        "kedaluwarsa",
        "kadaluarsa",
        "berlakusampai",
        "berlakuhingga",
        "tanggalkedaluwarsa",
        "tanggalberakhir",
        "válidohasta",
        "vencimiento",
        "validade",
        "valableau",
        "scadenza",
        "有效期",
        "有效期至",
        "到期",
        "到期日",
        "到期日期",
        "截止日期",
        "过期日期",
        "過期日期",
        "有效期限",
        "有効期限",
        "срокдействия",
    ]
)
"""How people head the two columns, in small letters and without gaps."""

_HEADING_NOISE = re.compile(r"[\s_\-./:#]+")
_FORMULA = re.compile(r'="(.*)"')
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_EDGES = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"


class Problem(StrEnum):
    """Why a row cannot be taken."""

    ROW = "row"
    """It is too long, or a quotation mark is not closed."""
    NOTHING = "nothing"
    """There is no code in it."""
    LONG = "long"
    SIGNS = "signs"
    """The code holds something that nobody sees, or that this file's encoding leaves open."""
    SHORTENED = "shortened"
    """A spreadsheet made a rounded number of it."""
    DATE = "date"
    """Until when it is good cannot be read."""
    OVER = "over"
    """That was before now."""


@frozen
class Coupon:
    """A row that can be taken."""

    code: str
    expires_at: int | None = None


@frozen
class Refused:
    """A row that cannot."""

    number: int
    """Of its first line in the file."""
    problem: Problem
    said: str = ""
    """The cell that is meant, shortened."""


@frozen(kw_only=False)
class _Columns:
    """Where in a row what stands."""

    code: int = 0
    end: int | None = 1


def read_coupons(file: BinaryIO, zone: tzinfo, now: int) -> Iterator[Coupon | Refused]:
    """Read a list of coupons row by row, in flat memory.

    The first cell is the code and the second, where there is one, the day to whose end it is good; a row of headings on top
    may name them in another order, and beside others.

    Args:
        file: At its beginning; it can be sought in.
        zone: Where the shop is.
        now: What ended before is refused.

    Raises:
        FileMistake: it is no text.
    """
    columns, first = _Columns(), True
    for line in read_lines(file):
        if line.cells is None:
            yield Refused(number=line.number, problem=Problem.ROW)
            continue
        headed = _find_columns(line.cells) if first else None
        first = False
        if headed is not None:
            columns = headed
        elif any(line.cells):
            yield _read_row(line.number, line.cells, columns, zone, now)


def _find_columns(cells: list[str]) -> _Columns | None:
    """Where the columns are, if this is a row of headings."""
    names = [{_fold_heading(said) for said in read_legacy(cell)} for cell in cells]
    codes = [place for place, said in enumerate(names) if said & _CODES]
    ends = [place for place, said in enumerate(names) if said & _ENDS]
    if codes:
        return _Columns(codes[0], ends[0] if ends else None)
    return _Columns(0 if ends[0] else 1, ends[0]) if ends and len(cells) > 1 else None


def _fold_heading(said: str) -> str:
    return _HEADING_NOISE.sub("", said.strip(_EDGES).casefold())


def _read_row(number: int, cells: list[str], columns: _Columns, zone: tzinfo, now: int) -> Coupon | Refused:
    code = _clean(cells[columns.code]) if columns.code < len(cells) else ""
    wrong = _find_problem(code)
    if wrong is not None:
        return Refused(number=number, problem=wrong, said=_show(code))
    said = cells[columns.end].strip() if columns.end is not None and columns.end < len(cells) else ""
    if not said:
        return Coupon(code=code)
    end = parse_end(said, zone)
    if end is None or end <= now:
        return Refused(number=number, problem=Problem.DATE if end is None else Problem.OVER, said=_show(said))
    return Coupon(code=code, expires_at=end)


def _clean(cell: str) -> str:
    formula = _FORMULA.fullmatch(cell)
    code = formula[1] if formula else cell
    return code.strip(_EDGES + " \t\u00a0\u3000\r\n")


def _find_problem(code: str) -> Problem | None:
    if not code:
        return Problem.NOTHING
    if len(code) > CODE_LIMIT:
        return Problem.LONG
    if any(unicodedata.category(sign)[0] in "CZ" and sign != " " for sign in code) or "\ufffd" in code:
        return Problem.SIGNS
    return Problem.SHORTENED if _SHORTENED.fullmatch(code) else None


def _show(said: str) -> str:
    """So that it can be told: without what nobody sees, and not all of it."""
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in said)
    return plain if len(plain) <= SAID_LIMIT else plain[: SAID_LIMIT - 1] + "…"

"""Amounts as people type them: in their own way of writing numbers, never guessed where it could mean two things."""

from __future__ import annotations

import re
import unicodedata

from storage.frozen import frozen

MOST_AMOUNT = 10**12
"""Minor units."""

_WORDS = re.compile(r"^(?:[^\W\d_]{1,4}|[^\w\s.,+()-])?\s*|\s*(?:[^\W\d_]{1,4}|[^\w\s.,+()-])?$")
"""A currency before or behind: up to four letters, or a sign, but for those that say that something is below zero."""
_BLANKS = re.compile(r"(?<=\d)[\s\u00a0\u202f'\u2019](?=\d{3})")
_ORDER = re.compile(
    r"(?P<amount>.*\d\S*(?:\s*[^\W\d_]{1,3}|\s*[^\w\s])?)\s+(?:#\s*)?(?P<order>[A-Za-z0-9][A-Za-z0-9._:/#-]{0,63})"
)


@frozen(kw_only=False)
class Typed:
    """What was typed at the counter."""

    amount: int
    """Minor units."""
    order_id: str
    """Empty where none was typed."""


def parse_money(said: str, *, digits: int, decimal: str) -> int | None:
    """Read an amount in minor units; None for what is none, or could be two.

    Args:
        said: Like `12,50`, `1.234,50 EUR` or `Rp 50.000`.
        digits: How many the minor units of the currency have.
        decimal: What the person writes before them: a point or a comma.
    """
    text = unicodedata.normalize("NFKC", said).strip()
    text = _BLANKS.sub("", _WORDS.sub("", text))
    if not re.fullmatch(r"\d[\d.,]*", text) or not text[-1].isdecimal():
        return None
    mark = _find_decimal(text, decimal)
    whole, _, rest = text.rpartition(mark) if mark else (text, "", "")
    group = re.sub(r"\d", "", whole)
    if len(set(group)) > 1 or (
        group and (group[0] == mark or not re.fullmatch(r"\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}", whole))
    ):
        return None
    if len(rest) > digits:
        return None
    amount = int(re.sub(r"\D", "", whole)) * 10**digits + int(rest.ljust(digits, "0") or "0")
    return amount if 0 < amount <= MOST_AMOUNT else None


def parse_typed(said: str, *, digits: int, decimal: str) -> Typed | None:
    """Read an amount, and perhaps an order's number behind it."""
    amount = parse_money(said, digits=digits, decimal=decimal)
    if amount is not None:
        return Typed(amount, "")
    found = _ORDER.fullmatch(said.strip())
    amount = parse_money(found["amount"], digits=digits, decimal=decimal) if found else None
    return Typed(amount, found["order"]) if found is not None and amount is not None else None


def _find_decimal(text: str, decimal: str) -> str:
    """Which mark stands before the minor units; empty where none does."""
    marks = [sign for sign in text if not sign.isdecimal()]
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) > 1:
        return last
    if len(marks) > 1:
        return ""
    behind = len(text.rpartition(last)[2])
    return last if behind != 3 or last == decimal else ""

"""A day's orders as a list: what its columns mean, and what a row says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from enum import StrEnum

from bot.core.conversions.bodies import compute_fingerprint, is_order_id, parse_moment
from bot.core.conversions.money import parse_money
from bot.core.coupons.dates import find_day
from bot.core.liability import count_digits
from storage.conversion import Channel, ConversionType, MemberKey, Report
from storage.frozen import frozen

MOST_COLUMNS = 24
LABEL_LIMIT = 24
"""Characters of a heading on a button."""

LONGEST_MEMBER = 64


class Column(StrEnum):
    """What a column can hold."""

    ORDER = "order"
    AMOUNT = "amount"
    MEMBER = "member"
    DATE = "date"


class Fault(StrEnum):
    """Why a row is no order."""

    ORDER = "order"
    AMOUNT = "amount"
    MEMBER = "member"
    DATE = "date"


@frozen
class Meaning:
    """What the columns of a list mean."""

    places: Mapping[Column, int]
    """Counting from 0; a list need not say the day."""
    member_key: MemberKey


@frozen
class Manner:
    """How a list writes what it says."""

    currency: str
    decimal: str
    zone: tzinfo


def compute_headings(cells: Sequence[str]) -> str:
    """By what lists of the same columns are known again."""
    return hashlib.sha256("\n".join(cell.strip().casefold() for cell in cells).encode(errors="replace")).hexdigest()


def list_labels(cells: Sequence[str]) -> Mapping[str, str]:
    """The columns as they are offered, by their place."""
    shown = [cell.encode(errors="ignore").decode().strip()[:LABEL_LIMIT] for cell in cells[:MOST_COLUMNS]]
    return {str(place): label or f"{place + 1}" for place, label in enumerate(shown)}


def parse_row(cells: Sequence[str], meaning: Meaning, manner: Manner, now: int) -> Report | Fault:
    """What a row reports: a purchase, or a refund where its amount is below zero."""
    said = {column: cells[place].strip() if place < len(cells) else "" for column, place in meaning.places.items()}
    order_id = said[Column.ORDER].lstrip("#")
    if not is_order_id(order_id):
        return Fault.ORDER
    amount, refund = _split_sign(said[Column.AMOUNT].replace("\u2212", "-"))
    minor = parse_money(amount, digits=count_digits(manner.currency), decimal=manner.decimal)
    if minor is None:
        return Fault.AMOUNT
    member = said[Column.MEMBER]
    if len(member) > LONGEST_MEMBER or not member.isprintable() or not is_text(member):
        return Fault.MEMBER
    at = _read_moment(said.get(Column.DATE), manner.zone, now)
    if at is None:
        return Fault.DATE
    type_ = ConversionType.REFUND if refund else ConversionType.PURCHASE
    told = {"type": type_, "order": order_id, "amount": minor, "currency": manner.currency, "member": member}
    return Report(
        type=type_,
        order_id=order_id,
        amount=minor,
        currency=manner.currency,
        member_key=meaning.member_key if member else MemberKey.NOBODY,
        member=member,
        occurred_at=at,
        fingerprint=compute_fingerprint(told),
        channel=Channel.FILE,
    )


def _split_sign(said: str) -> tuple[str, bool]:
    """An amount by itself, and whether it is below zero: with a minus before or behind it, or in brackets, as books have it."""
    if said.startswith("-"):
        return said[1:], True
    if said.endswith("-"):
        return said[:-1], True
    bracketed = said.startswith("(") and said.endswith(")")
    return (said[1:-1], True) if bracketed else (said, False)


def is_text(said: str) -> bool:
    """Whether all of it could be read."""
    try:
        said.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_moment(said: str | None, zone: tzinfo, now: int) -> int | None:
    """A moment, or the beginning of a day where the shop is; now where nothing is said."""
    if not said:
        return now
    moment = parse_moment(said)
    if moment is not None:
        return moment
    day = find_day(said.partition(" ")[0] if said.count(":") else said)
    return None if day is None else int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1_000_000

"""A day's orders as a list: what a row reports, and why another reports nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from bot.core.conversions.order_lists import (
    LABEL_LIMIT,
    LONGEST_MEMBER,
    MOST_COLUMNS,
    Column,
    Fault,
    Manner,
    Meaning,
    compute_headings,
    is_text,
    list_labels,
    parse_row,
)
from storage.conversion import Channel, ConversionType, MemberKey, Report

NOW = 1_800_000_000_000_000
PLACES = {Column.ORDER: 0, Column.AMOUNT: 1, Column.MEMBER: 2, Column.DATE: 3}
MEANING = Meaning(places=PLACES, member_key=MemberKey.CODE)
MANNER = Manner(currency="EUR", decimal=".", zone=ZoneInfo("Asia/Jakarta"))


def read(*cells: str, meaning: Meaning = MEANING, manner: Manner = MANNER) -> Report | Fault:
    """What a row says."""
    return parse_row(cells, meaning, manner, NOW)


def fingerprint(**said: object) -> str:
    """As it has been kept of rows since there are lists."""
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def count_moment(said: str) -> int:
    """A moment there, in microseconds."""
    return int(datetime.fromisoformat(said).replace(tzinfo=MANNER.zone).timestamp()) * 1_000_000


def test_a_row_reports_a_purchase() -> None:
    """Order, amount in minor units, who has bought, and when; blanks around a cell and a # before a number do not count."""
    told = fingerprint(type="purchase", order="A-1", amount=1250, currency="EUR", member="Anna12")
    assert read(" #A-1 ", " 12.50 ", " Anna12 ", "2026-11-28T10:00:00Z") == Report(
        type=ConversionType.PURCHASE,
        order_id="A-1",
        amount=1250,
        currency="EUR",
        member_key=MemberKey.CODE,
        member="Anna12",
        occurred_at=count_moment("2026-11-28T17:00"),
        fingerprint=told,
        channel=Channel.FILE,
    )


def test_a_row_without_a_member_names_nobody() -> None:
    """Nor does one that ends before the member's cell, or a list that has no day."""
    meaning = Meaning(places={Column.ORDER: 1, Column.AMOUNT: 0, Column.MEMBER: 2}, member_key=MemberKey.COUPON)
    for cells in (("12.50", "A-1", ""), ("12.50", "A-1")):
        report = read(*cells, meaning=meaning)
        assert isinstance(report, Report)
        assert (report.member_key, report.member, report.occurred_at) == (MemberKey.NOBODY, "", NOW)
    named = read("12.50", "X-1", "BLUE-7", meaning=meaning)
    assert isinstance(named, Report)
    assert (named.order_id, named.member_key, named.member) == ("X-1", MemberKey.COUPON, "BLUE-7")


def test_an_amount_below_zero_is_a_refund() -> None:
    """However books write it; what is only half in brackets is no amount, and neither is one that is below zero twice."""
    for said in ("-12.34", "\u221212.34", "12.34-", "(12.34)", "-€12.34", "-12.34 EUR"):
        report = read("A-1", said, "")
        assert isinstance(report, Report), said
        assert (report.type, report.amount) == (ConversionType.REFUND, 1234), said
        assert report.fingerprint == fingerprint(type="refund", order="A-1", amount=1234, currency="EUR", member=""), (
            said
        )
    for said in ("(12.50", "12.50)", "--12.50", "(-12.50)", "-12.50-", "-", "()", "", "soon", "0"):
        assert read("A-1", said, "") is Fault.AMOUNT, said


def test_amounts_are_read_as_the_list_writes_them() -> None:
    """In its currency's minor units, with its own sign before them."""
    for currency, decimal, said, amount in (
        ("EUR", ",", "1.234,50", 123_450),
        ("EUR", ",", "1.234", 123_400),
        ("EUR", ".", "1,234", 123_400),
        ("IDR", ",", "50.000", 5_000_000),
        ("JPY", ".", "1500", 1500),
        ("KWD", ".", "1.234", 1234),
    ):
        report = read("A-1", said, "", manner=replace(MANNER, currency=currency, decimal=decimal))
        assert isinstance(report, Report)
        assert (report.amount, report.currency) == (amount, currency)


def test_a_row_that_is_no_order_says_why() -> None:
    """The first thing that cannot be: a number that no order has, a member of too many letters, a day that could be two."""
    for cells, fault in (
        (("", "12.50", "Anna12"), Fault.ORDER),
        (("A 1", "soon", "Anna12"), Fault.ORDER),
        (("A-1", "12.505", "Anna\t12"), Fault.AMOUNT),
        (("A-1", "12.50", "a" * (LONGEST_MEMBER + 1), "soon"), Fault.MEMBER),
        (("A-1", "12.50", "Anna\u200b12"), Fault.MEMBER),
        (("A-1", "12.50", "Anna\udce9"), Fault.MEMBER),
        (("A-1", "12.50", "Anna12", "03/04/2026"), Fault.DATE),
        (("A-1", "12.50", "Anna12", "soon"), Fault.DATE),
        (("A-1", "12.50", "Anna12", "2026-11-28 soon"), Fault.DATE),
    ):
        assert read(*cells) is fault, cells
    assert isinstance(read("A-1", "12.50", "a" * LONGEST_MEMBER), Report)


def test_a_day_begins_where_the_shop_is() -> None:
    """A time behind it is left out where no zone is named; a moment of the world is that moment."""
    for said, moment in (
        ("2026-11-28", count_moment("2026-11-28")),
        ("28.11.2026", count_moment("2026-11-28")),
        ("2026-11-28 19:30", count_moment("2026-11-28")),
        ("2026-11-28 7:30 PM", count_moment("2026-11-28")),
        ("2026-11-28 19:30:05", count_moment("2026-11-28")),
        ("2026-11-28T19:30:05+07:00", count_moment("2026-11-28T19:30:05")),
        ("2026-11-28T12:30:05Z", count_moment("2026-11-28T19:30:05")),
    ):
        report = read("A-1", "12.50", "", said)
        assert isinstance(report, Report), said
        assert report.occurred_at == moment, said
    abroad = read("A-1", "12.50", "", "2026-11-28", manner=replace(MANNER, zone=UTC))
    assert isinstance(abroad, Report)
    assert abroad.occurred_at == count_moment("2026-11-28T07:00")


def test_lists_of_the_same_columns_are_known_again() -> None:
    """Blanks and capitals do not matter, order and number of columns do; as it has been kept, letters that are none included."""
    assert compute_headings(["Order", " Amount "]) == compute_headings([" ORDER", "amount"])
    assert compute_headings(["Order", "Amount"]) == sha256(b"order\namount").hexdigest()
    assert compute_headings(["a\udce9"]) == sha256(b"a?").hexdigest()
    others = (["Amount", "Order"], ["Order"], ["Order", "Amount", ""], ["OrderAmount"])
    assert len({compute_headings(each) for each in (["Order", "Amount"], *others)}) == len(others) + 1


def test_columns_are_offered_by_their_place() -> None:
    """Under what stands on top of them, as far as a button shows it; one without a heading by its number."""
    assert list_labels(["Order", " ", "Am\udce9ount ", "x" * 40]) == {
        "0": "Order",
        "1": "2",
        "2": "Amount",
        "3": "x" * LABEL_LIMIT,
    }
    assert len(list_labels(["a"] * (MOST_COLUMNS + 1))) == MOST_COLUMNS


def test_what_could_not_be_read_is_no_text() -> None:
    """Bytes of another encoding come as halves of letters."""
    assert is_text("Zoë 一杯")
    assert not is_text("Zo\udceb")

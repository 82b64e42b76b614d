"""Amounts as people type them, and what a key's owner signs with."""

from __future__ import annotations

import pytest

from bot.core.conversions.money import Typed, parse_money, parse_typed
from bot.core.signing import sign


@pytest.mark.parametrize(
    ("said", "digits", "decimal", "amount"),
    [
        ("12.50", 2, ".", 1250),
        ("12,50", 2, ".", 1250),
        ("12,5", 2, ",", 1250),
        ("12", 2, ".", 1200),
        ("€12.50", 2, ".", 1250),
        ("12,50 €", 2, ",", 1250),
        ("Rp 50.000", 2, ",", 5_000_000),
        ("50.000", 2, ",", 5_000_000),
        ("50,000", 2, ".", 5_000_000),
        ("50.000", 2, ".", None),
        ("50,000", 2, ",", None),
        ("1.234,50", 2, ".", 123_450),
        ("1,234.50", 2, ",", 123_450),
        ("1 234,50", 2, ",", 123_450),
        ("1'234.50", 2, ".", 123_450),
        ("1.234.567", 2, ".", 123_456_700),
        ("12,34,567.50", 2, ".", 123_456_750),
        ("1500", 0, ".", 1500),
        ("1,500", 0, ".", 1500),
        ("12.5", 0, ".", None),
        ("12.345", 3, ".", 12_345),
        ("\uff11\uff12\uff0e\uff15\uff10", 2, ".", 1250),
        ("12.505", 2, ".", None),
        ("0", 2, ".", None),
        ("-5", 2, ".", None),
        ("1.2.3", 2, ".", None),
        ("1,23.45,6", 2, ".", None),
        ("12 50", 2, ".", None),
        ("", 2, ".", None),
        ("a coffee", 2, ".", None),
        ("12.", 2, ".", None),
        ("9" * 30, 2, ".", None),
        ("0.01", 2, ".", 1),
        ("10000000000.00", 2, ".", 10**12),
        ("10000000000.01", 2, ".", None),
        ("1.234,5,6", 3, ",", None),
        ("1,234.567.89", 2, ".", None),
        ("12.50-", 2, ".", None),
        ("(12.50)", 2, ".", None),
        ("12.50+", 2, ".", None),
    ],
)
def test_an_amount_is_read_as_its_writer_means_it_or_not_at_all(
    said: str, digits: int, decimal: str, amount: int | None
) -> None:
    """A point or a comma with three digits behind it is what the person's language has it for."""
    assert parse_money(said, digits=digits, decimal=decimal) == amount


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("12.50", Typed(1250, "")),
        ("12.50 A-17", Typed(1250, "A-17")),
        ("12.50 EUR #A-17", Typed(1250, "A-17")),
        ("€ 1,234.50 2026/11", Typed(123_450, "2026/11")),
        ("12.50 coffee beans", None),
        ("nothing", None),
    ],
)
def test_an_order_can_stand_behind_its_amount(said: str, typed: Typed | None) -> None:
    """As far as it cannot be taken for a part of it."""
    assert parse_typed(said, digits=2, decimal=".") == typed


def test_signatures_are_those_of_standard_webhooks() -> None:
    """The example of its specification."""
    signed = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1_614_265_330,
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

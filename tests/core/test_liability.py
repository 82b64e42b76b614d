"""What points are worth, as a campaign file says it and as it is counted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.campaigns.campaign import CampaignMistake
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.file import CampaignFile
from bot.core.liability import compute_worth, take_worth
from tests.core.test_campaign_composing import SHIPPED, read, write


def said(worth: str) -> str:
    """The campaign that ships, with this for a point's worth."""
    return SHIPPED.replace("[points]\n", f"[points]\nworth = {worth}\n", 1)


def test_a_file_says_what_a_point_is_worth() -> None:
    """It is read, kept as it was written, and may be left out."""
    text = said('{ amount = 5, currency = "EUR" }')
    campaign = read(text)
    assert (campaign.worth_amount, campaign.worth_currency) == (5, "EUR")
    assert write(campaign, text) == text
    assert read(SHIPPED).worth_amount == 0


@pytest.mark.parametrize(
    ("worth", "field"),
    [
        ('{ amount = 0, currency = "EUR" }', "points.worth.amount"),
        ('{ amount = 0.05, currency = "EUR" }', "points.worth.amount"),
        ("{ amount = 5 }", "points.worth.currency"),
        ('{ amount = 5, currency = "euro" }', "points.worth.currency"),
        ('{ amount = 5, currency = "€" }', "points.worth.currency"),
        ('{ amount = 5, currency = "EUR", per = 2 }', "points.worth.per"),
        ("5", "points.worth"),
    ],
)
def test_a_worth_that_cannot_be_is_named_by_its_field(worth: str, field: str) -> None:
    """Minor units are whole, and a currency is three capital letters."""
    with pytest.raises(CampaignMistake) as caught:
        read(said(worth))
    assert caught.value.field == field


def limited(limits: str, worth: str = '{ amount = 5, currency = "EUR" }') -> str:
    """The same with a bound for what is promised."""
    return said(worth).replace("[points]", f"[limits]\n{limits}\n\n[points]", 1)


def test_a_file_bounds_what_is_promised() -> None:
    """It is read, kept as it was written, and may be left out."""
    text = limited("liability = 500_00")
    campaign = read(text)
    assert campaign.liability_limit == 50_000
    assert parse_content(compose_content(campaign)) == campaign
    assert write(campaign, text) == text
    assert read(SHIPPED).liability_limit == 0


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        ("liability = 0", "limits.liability"),
        ("liability = 4", "limits.liability"),
        ('liability = "much"', "limits.liability"),
        ("", "limits.liability"),
        ("libility = 50", "limits.liability"),
    ],
)
def test_a_bound_that_cannot_be_is_named_by_its_field(limits: str, field: str) -> None:
    """It is a whole number of minor units that one point fits into."""
    with pytest.raises(CampaignMistake) as caught:
        read(limited(limits))
    assert field in {each.field for each in caught.value.all}


def test_a_bound_needs_to_know_what_a_point_is_worth() -> None:
    """Money cannot be counted in points of no worth."""
    with pytest.raises(CampaignMistake, match="what a point is worth") as caught:
        read(SHIPPED.replace("[points]", "[limits]\nliability = 500\n\n[points]", 1))
    assert caught.value.field == "limits.liability"


@pytest.mark.parametrize(
    ("amount", "currency", "worth"),
    [(5, "EUR", "617.25"), (5, "JPY", "61725"), (5, "KWD", "61.725"), (100, "IDR", "12345.00")],
)
def test_minor_units_become_major_ones_by_the_currency(amount: int, currency: str, worth: str) -> None:
    """Cents, yen, fils: exactly, never by floating point."""
    assert compute_worth(12_345, amount, currency) == Decimal(worth)


@pytest.mark.parametrize("currency", ["EURO", "EU", "eur", "E1R", "E R", "ÄÖÜ"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    """And nothing else that has three of anything."""
    file = CampaignFile(f'[points]\nworth = {{ amount = 5, currency = "{currency}" }}')
    take_worth(file, ("points", "worth"))
    with pytest.raises(CampaignMistake, match=rf'"{currency}" cannot be\. Write the three capital letters'):
        file.check()

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.campaign import CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.pictures import list_pictures
from bot.core.redeeming import (
    REFERENCE_ALPHABET,
    REFERENCE_LENGTH,
    Use,
    compose_reference,
    decide_undo,
    decide_use,
    parse_reference,
    show_reference,
)
from storage.facts import GrantKind, RedemptionState
from tests.core.test_campaign_words import PLAIN

ITEM = '[[catalogue]]\nkey = "cake"\nprice = 40\nname = "A cake"\n'
NOW = 1_000_000_000


def read(text: str) -> object:
    """What a file offers."""
    campaign = parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)
    assert parse_content(compose_content(campaign)) == campaign
    return campaign.catalogue


@given(st.text(REFERENCE_ALPHABET, min_size=REFERENCE_LENGTH, max_size=REFERENCE_LENGTH))
def test_a_reference_is_read_as_people_write_it(reference: str) -> None:
    """As it is shown, in small letters, with gaps, without, or inside the link behind the code."""
    for typed in (
        show_reference(reference),
        reference.lower(),
        f" {reference[:4]} {reference[4:]} ",
        f"https://t.me/shop_bot?start=use_{reference}",
    ):
        assert parse_reference(typed) == reference


@pytest.mark.parametrize("typed", ["", "K7F3", "K7F3-9QXMM", "/check", "hello there", "K7F3-9QX€"])
def test_what_is_no_reference_is_none(typed: str) -> None:
    """Too short, too long, or other signs."""
    assert parse_reference(typed) is None


def test_references_differ_and_hold_nothing_that_looks_alike() -> None:
    """Eight signs that can be read out; what is mistaken for another is read as the one there is."""
    drawn = {compose_reference(secrets.choice) for _ in range(1000)}
    assert len(drawn) == 1000
    assert not set("".join(drawn)) & set("01OILU")
    assert parse_reference("2345-678l") == parse_reference("2345-6781") == "2345678J"
    assert parse_reference("2345-678o") == parse_reference("2345-6780") == "2345678Q"


@pytest.mark.parametrize(
    ("state", "left", "use"),
    [
        (RedemptionState.REDEEMED, 1, Use.READY),
        (RedemptionState.REDEEMED, 0, Use.OVER),
        (RedemptionState.RESERVED, 1, Use.UNPAID),
        (RedemptionState.RESERVED, 0, Use.OVER),
        (RedemptionState.USED, 1, Use.USED),
        (RedemptionState.USED, -1, Use.USED),
        (RedemptionState.DECLINED, 1, Use.OVER),
        (RedemptionState.EXPIRED, 1, Use.OVER),
    ],
)
def test_only_what_is_paid_and_in_time_is_handed_out(state: RedemptionState, left: int, use: Use) -> None:
    """Whatever else it is says why not."""
    assert decide_use(state, NOW + left, NOW) is use


def test_a_slip_at_the_counter_is_taken_back_within_two_minutes() -> None:
    """And what was not handed out is not taken back."""
    assert decide_undo(NOW, NOW + 119_999_999)
    assert not decide_undo(NOW, NOW + 120_000_000)
    assert not decide_undo(None, NOW)


def test_a_file_offers_what_it_says() -> None:
    """What is left out is as usual, and a file that says nothing offers nothing."""
    assert read(PLAIN) == ()
    (item,) = parse_campaign(PLAIN + ITEM, themes=["sunrise", "lagoon"], find_picture=lambda path: path).catalogue
    assert (item.key, item.price, item.stock, item.per_member, item.valid_days) == ("cake", 40, None, None, 30)
    assert item.say("en") == item.say("xx") == "A cake"
    assert read(PLAIN + ITEM + "stock = 3\nper_member = 1\nvalid_days = 2\n")


@pytest.mark.parametrize(
    ("give", "kind", "what"),
    [
        ("", GrantKind.BY_HAND, "A cake"),
        ('give = { by_hand = "a slice of cake" }\n', GrantKind.BY_HAND, "a slice of cake"),
        ('give = { privilege = "the table by the oven" }\n', GrantKind.PRIVILEGE, "the table by the oven"),
        ('give = { coupon = "coffee" }\n', GrantKind.COUPON, "coffee"),
        ('give = { gift = "5170233102089322756" }\n', GrantKind.GIFT, "5170233102089322756"),
        ('give = { code = "CAKE10" }\n', GrantKind.CODE, "CAKE10"),
        ("give = { percent = 10 }\n", GrantKind.PERCENT, ""),
    ],
)
def test_an_item_can_be_of_every_kind_but_points(give: str, kind: GrantKind, what: str) -> None:
    """What it gives is read as a rule's `give` is; its picture is known by what is in it; and all of it is kept and written."""
    text = PLAIN + "\n" + ITEM + give + 'picture = "cake.jpg"\n'
    campaign = parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)
    (item,) = campaign.catalogue
    assert parse_content(compose_content(campaign)) == campaign
    assert (item.kind, item.rule.give.what, item.picture) == (kind, what, "cake.jpg")
    assert campaign.find_rule("item:cake") == item.rule
    assert "cake.jpg" in list_pictures(campaign)
    assert compose_file(campaign, former=text, name_picture=str) == text
    assert "give" in compose_file(campaign) or not give


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (ITEM.replace("40", "0"), "catalogue.price"),
        (ITEM.replace("40", '"40"'), "catalogue.price"),
        (ITEM.replace("price = 40\n", ""), "catalogue.price"),
        (ITEM.replace("cake", "Cake!", 1), "catalogue.key"),
        (ITEM.replace("A cake", "x" * 33), "catalogue.name"),
        (ITEM + "stock = 0\n", "catalogue.stock"),
        (ITEM + "per_member = -1\n", "catalogue.per_member"),
        (ITEM + "valid_days = 366\n", "catalogue.valid_days"),
        (ITEM + "pric = 3\n", "catalogue.pric"),
        (ITEM + ITEM, "catalogue.key"),
        (ITEM + "give = { points = 5 }\n", "catalogue.give.points"),
        (ITEM + 'give = { coupon = "Coffee!" }\n', "catalogue.give.coupon"),
        (ITEM + 'give = { coupon = "a", code = "b" }\n', "catalogue.give"),
        (ITEM + "give = {}\n", "catalogue.give"),
        (ITEM + 'picture = "/etc/cake.jpg"\n', "catalogue.picture"),
        ("".join(ITEM.replace("cake", f"cake-{number}") for number in range(13)), "catalogue"),
        ("[catalogue]\nkey = 1\n", "catalogue"),
    ],
)
def test_what_cannot_be_offered_is_named(block: str, field: str) -> None:
    """By field, as everywhere in the file."""
    with pytest.raises(CampaignMistake) as caught:
        read(PLAIN + block)
    assert caught.value.field == field

from __future__ import annotations

from datetime import date

from bot.campaign_file import SHIPPED
from bot.core.campaigns.campaign import parse_campaign
from bot.playground.demo import ITEM_PICTURES, PLAYGROUND, POOL, compose_extras
from storage.facts import GrantKind


def test_the_playgrounds_shop_has_one_of_everything() -> None:
    """A milestone that gives a coupon of its pool, a catalogue, a level of honour, and a contest that runs today, in every language."""
    text = f"{SHIPPED.read_text('utf-8')}\n{compose_extras(date(2026, 12, 30))}"
    campaign = parse_campaign(text, themes=["sunrise"], find_picture=lambda path: path)
    first = campaign.rewards[0]
    assert (first.when, first.number, first.give.kind, first.give.what) == ("milestone", 1, GrantKind.COUPON, POOL)
    (contest,) = campaign.contests
    assert (contest.begins, contest.ends) == ("2026-12-30", "2027-01-06")
    assert {item.kind for item in campaign.catalogue} >= {GrantKind.COUPON, GrantKind.PRIVILEGE, GrantKind.BY_HAND}
    assert {item.picture for item in campaign.catalogue if item.picture} == set(ITEM_PICTURES)
    assert all((PLAYGROUND / "pictures" / picture).is_file() for picture in ITEM_PICTURES)
    named = [
        *(item.name for item in campaign.catalogue),
        first.name,
        contest.name,
        campaign.tiers[0].name,
        campaign.catalogue[0].name,
    ]
    assert all(set(name) == set(campaign.languages) for name in named)


def test_the_playgrounds_coupons_can_all_be_given() -> None:
    """No code is there twice, and none is refused."""
    codes = (PLAYGROUND / f"{POOL}.csv").read_text("utf-8").split()[1:]
    assert len(codes) == len(set(codes)) == 24

from __future__ import annotations

from dataclasses import replace

from bot.messages.shop import LANGUAGES_KEPT, Shop
from tests.messages.samples import CAMPAIGN, make_shop


def test_told_is_prepared_once() -> None:
    """What a campaign says is the same for all readers of a language, and prepared once."""
    shop = make_shop()
    assert shop.told("id") is shop.told("id")
    assert shop.told("id").inviter_points == CAMPAIGN.say_points(CAMPAIGN.inviter_points, "id")
    assert shop.told("en").invitee_points == CAMPAIGN.say_points(CAMPAIGN.invitee_points, "en")
    assert shop.told("en").stories != shop.told("id").stories


def test_told_ends_with_its_shop() -> None:
    """Nothing that was prepared outlives a change of the shop."""
    shop = make_shop()
    before = shop.told("en")
    changed = replace(CAMPAIGN, brand={**CAMPAIGN.brand, "en": "Elsewhere"}, invitee_points=CAMPAIGN.invitee_points + 1)
    renewed: Shop = replace(shop, campaign=changed)
    assert (renewed.brand("en"), shop.brand("en")) == ("Elsewhere", before.brand)
    assert (
        renewed.told("en").invitee_points == changed.say_points(changed.invitee_points, "en") != before.invitee_points
    )


def test_told_is_bounded() -> None:
    """However many languages are asked for, few are kept."""
    shop = make_shop()
    for number in range(3 * LANGUAGES_KEPT):
        assert shop.brand(f"x{number}") == shop.brand(shop.campaign.languages[0])
        assert len(shop._told) <= LANGUAGES_KEPT

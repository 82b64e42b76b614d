from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import BRAND_LIMIT
from bot.core.liability import WORTH_LIMIT, Liability
from bot.messages.sharing.ways import name_source, name_way
from bot.messages.shop import Source
from bot.messages.stats.screens import render_stats
from bot.messages.texts import LANGUAGES, Texts
from storage.records import ShareWay
from tests.messages.samples import HOSTILE, PHOTO, make_shop, make_stats
from tests.messages.telegram_html import read_html

EN = Texts("en")
MOST = 1_000_000_000


def say(**counts: dict[str, int]) -> str:
    """The caption with these counts, as it shows."""
    view = replace(make_stats("Budi"), **counts)  # type: ignore[arg-type]  # a test's shorthand
    return read_html(render_stats(EN, make_shop(), view).text).text


def test_ways_and_sources_are_told_most_frequent_first() -> None:
    """The first three by name, the rest as one number; nothing is lost."""
    told = say(
        ways={"qr": 2, "card": 9, "inline": 5, "page": 2, "print": 1, "guest": 1}, sources={"whatsapp": 3, "": 1}
    )
    assert "Taken as: card 9 · in a chat 5 · share page 2 · other 4\n" in told
    assert "Came by: WhatsApp 3 · plain link 1\n" in told
    assert "Links opened" not in told


def test_what_is_promised_to_members_is_told() -> None:
    """In points, in money where the shop has said what one is worth, and in coupons and gifts; nothing where nothing is."""
    shop, view = make_shop(), make_stats("Budi")
    worth = replace(shop, campaign=replace(shop.campaign, worth_amount=5, worth_currency="EUR"))
    owed = replace(view, owed=Liability(points=12_345, coupons=1, gifts=2))
    assert "Promised: 12,345 points · 1 coupon · 2 gifts\n" in render_stats(EN, shop, owed).text
    assert "12,345 points (worth 617.25 EUR) · 1 coupon" in render_stats(EN, worth, owed).text
    assert "Promised" not in render_stats(EN, worth, replace(view, owed=Liability())).text


def test_what_has_not_happened_is_not_told() -> None:
    """A shop without shares has no empty lines."""
    assert "\n\n\n" not in say()
    assert "Came by" not in say()


def test_a_place_that_a_member_made_up_is_shown_as_it_is() -> None:
    """Unknown sources are words of others: shown, never obeyed."""
    assert "Came by: window3 2\n" in say(sources={"window3": 2})
    assert "<b>x</b> & 1" in say(sources={"<b>x</b> &": 1})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_and_source_of_ours_has_a_name(language: str) -> None:
    """No word of the database reaches an admin."""
    texts = Texts(language)
    assert all(name_way(texts, way) for way in ShareWay)
    names = [name_source(texts, source) for source in Source]
    assert len(set(names)) == len(Source)
    assert not set(names) & ({"fwd", "chat", "web", ""})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_the_caption_fits_whatever_is_counted(name: str, language: str) -> None:
    """The longest brand, ten long names and the longest sources, each a thousand million times: at most 1,024 visible characters."""
    counts = {f"{name[:20]}{number}": MOST + number for number in range(9)} | dict.fromkeys(ShareWay, MOST * 9)
    owed = Liability(points=MOST, coupons=MOST, gifts=MOST)
    view = replace(make_stats(name), ways=counts, clicks=counts, sources=counts, owed=owed)
    shop = make_shop()
    worth = {"worth_amount": WORTH_LIMIT, "worth_currency": "KWD"}
    campaign = replace(shop.campaign, brand={language: "W" * BRAND_LIMIT}, **worth)  # type: ignore[arg-type]
    wide = replace(shop, campaign=campaign)
    assert len(read_html(render_stats(Texts(language), wide, view, PHOTO).text).text) <= 1024

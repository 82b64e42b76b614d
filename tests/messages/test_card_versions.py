"""A picture's version is computed from what is stored: it changes with all that shows, and asks no font."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.assets import ASSETS
from bot.cards.look import compute_look
from bot.core.campaigns.tiers import Tier
from bot.core.sharing import CardVersions, Signature
from bot.messages.sharing.card_texts import compose_card_text, compose_card_versions
from bot.messages.shop import Shop
from tests.messages.samples import CAMPAIGN, CODE, make_shop

ANNA = Signature(name="Anna", own_words="", code=CODE)
FIRST, SECOND = (story.key for story in CAMPAIGN.stories[:2])


def compose(shop: Shop | None = None, assets: Path = ASSETS) -> CardVersions:
    """The versions of a shop's pictures."""
    shop = shop or make_shop()
    return compose_card_versions(shop, compute_look(assets, shop.campaign.theme))


@pytest.mark.parametrize("field", [field.name for field in fields(Signature) if field.name != "tier"])
def test_a_card_changes_with_everything_of_its_member(field: str) -> None:
    """Another name, other words, another code."""
    versions = compose()
    changed = replace(ANNA, **{field: getattr(ANNA, field) + "x"})
    assert versions.of_card(changed, "en", FIRST) != versions.of_card(ANNA, "en", FIRST)


def test_a_card_changes_with_what_its_members_tier_shows() -> None:
    """Another name, badge or colour of it; how many friends it takes does not show, and a tier that is no more neither."""
    star = Tier(key="star", friends=5, name={"en": "Star"}, badge="🌟", colour="#b8860b")
    own = replace(ANNA, tier="star")

    def find(**changes: object) -> str:
        campaign = replace(CAMPAIGN, tiers=(replace(star, **changes),))  # type: ignore[arg-type]  # a test's shorthand
        return compose(replace(make_shop(), campaign=campaign)).of_card(own, "en", FIRST)

    shown = [find(), find(name={"en": "Sun"}), find(badge="👑"), find(colour="#000000")]
    plain = compose().of_card(ANNA, "en", FIRST)
    assert len({plain, *shown}) == 5
    assert find(friends=6) == find()
    assert find(key="other") == compose().of_card(own, "en", FIRST) == plain


def test_cards_differ_by_story_and_language() -> None:
    """Each story in each language has a version of its own; the first story stands for none and for one that is gone."""
    versions = compose()
    of = {
        (language, key): versions.of_card(ANNA, language, key) for language in ("en", "id") for key in (FIRST, SECOND)
    }
    assert len(set(of.values())) == 4
    assert versions.of_card(ANNA, "en") == versions.of_card(ANNA, "en", "gone") == of["en", FIRST]
    assert compose_card_text(make_shop(), "en", "gone") == compose_card_text(make_shop(), "en", FIRST)


def test_an_edited_story_leaves_the_others_alone() -> None:
    """Only what says something else is drawn anew."""
    first = replace(CAMPAIGN.stories[0], headline={**CAMPAIGN.stories[0].headline, "en": "Another"})
    edited = compose(replace(make_shop(), campaign=replace(CAMPAIGN, stories=(first, *CAMPAIGN.stories[1:]))))
    assert edited.of_card(ANNA, "en", FIRST) != compose().of_card(ANNA, "en", FIRST)
    assert edited.of_card(ANNA, "en", SECOND) == compose().of_card(ANNA, "en", SECOND)
    assert edited.of_card(ANNA, "id", FIRST) == compose().of_card(ANNA, "id", FIRST)


@pytest.mark.parametrize(
    "shop",
    [
        replace(make_shop(), bot_username="another_bot"),
        replace(make_shop(), campaign=replace(CAMPAIGN, theme="salon")),
        replace(make_shop(), campaign=replace(CAMPAIGN, brand=dict.fromkeys(CAMPAIGN.brand, "Another"))),
    ],
)
def test_pictures_change_with_the_shop(shop: Shop) -> None:
    """Another bot, theme or name makes other cards and other codes."""
    assert compose(shop).of_card(ANNA, "en") != compose().of_card(ANNA, "en")
    assert compose(shop).of_qr(ANNA, "en") != compose().of_qr(ANNA, "en")


def test_pictures_change_with_the_theme_file(tmp_path: Path) -> None:
    """Editing a colour makes new cards and new codes."""
    shutil.copytree(ASSETS / "themes", tmp_path / "themes")
    theme = tmp_path / "themes" / f"{CAMPAIGN.theme}.toml"
    theme.write_text(theme.read_text("utf-8") + "# brighter\n", "utf-8")
    assert compose(assets=tmp_path).of_card(ANNA, "en") != compose().of_card(ANNA, "en")
    assert compose(assets=tmp_path).of_qr(ANNA, "en") != compose().of_qr(ANNA, "en")


def test_the_code_alone_is_never_a_card() -> None:
    """It says no name, so that a renamed member keeps it."""
    versions = compose()
    assert versions.of_qr(ANNA, "en") == versions.of_qr(replace(ANNA, name="Anne", own_words="W"), "en")
    assert (
        len({versions.of_qr(ANNA, "en"), versions.of_card(ANNA, "en"), versions.of_qr(replace(ANNA, code="b"), "en")})
        == 3
    )


@pytest.mark.long
def test_an_inline_query_imports_no_pixels(tmp_path: Path) -> None:
    """From the stored member to the results that Telegram gets, no font is opened and no pixel library loaded."""
    program = """
import asyncio, sys
from bot.assets import ASSETS
from bot.handlers.sharing.inline import compose_results
from bot.services.members import open_home
from bot.services.sharing.cards import find_cards
from bot.wire.pictures import Pictures
from storage import open_store
from storage.records import Profile
from tests.messages.samples import CAMPAIGN, make_shop

async def ask():
    versions = Pictures(make_shop(), ASSETS).versions
    async with open_store(sys.argv[1]) as store:
        await store.write(open_home, visitor=Profile(telegram_id=1, first_name="Anna", telegram_language="en"))
        stories = [story.key for story in CAMPAIGN.stories]
        view = await store.read(find_cards, telegram_id=1, versions=versions, stories=stories)
        assert len(compose_results(make_shop(), view, "")) == len(stories) + 1

asyncio.run(ask())
print([name for name in sys.modules if name in {"PIL", "qrcode", "bot.cards.studio", "bot.cards.typefaces"}])
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path}/a.db"], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"

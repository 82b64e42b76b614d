"""What a campaign says fits on its cards, or is told by how much it does not; nothing that is allowed is cut."""

# ruff: noqa: RUF001 - marks of other scripts are what this is about

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot.assets import ASSETS
from bot.campaign_commands import list_problems
from bot.campaign_file import check_cards, load_campaign
from bot.cards.card_drawing import fit_pair
from bot.cards.layouts import LAYOUTS
from bot.cards.limits import list_campaign_excesses, list_excesses
from bot.core.campaigns.campaign import (
    BRAND_LIMIT,
    HEADLINE_LIMIT,
    OFFER_LIMIT,
    TEXT_LIMIT,
    Campaign,
    parse_campaign,
)
from bot.core.looks import CardLook
from tests.cards.looks import STUDIO, say
from tests.shipped import keep_stories
from tests.thinning import thin_pairs

WELCOME = (ASSETS / "campaigns" / "welcome.toml").read_text("utf-8")
SHIPPED = parse_campaign(WELCOME, themes=STUDIO.list_themes(), find_picture=lambda _: "photo")
PHOTOS = ["", "photo"]
LOOKS = [CardLook("sunrise", layout=layout, photo=photo) for layout in LAYOUTS for photo in PHOTOS]
WORDS = ["Come and see what we have ", "来尝尝时间的味道吧，"]


def check(path: Path) -> list[str]:
    """What `campaign check` says of a file."""
    return list_problems(path, lambda: check_cards(load_campaign(path)))


def fill(limit: int, words: str) -> str:
    """As many characters as are allowed."""
    return (words * limit)[:limit].strip()


@pytest.mark.parametrize(("layout", "photo"), thin_pairs(LAYOUTS, PHOTOS, step=4))
def test_the_shipped_stories_fit_every_layout(layout: str, photo: str) -> None:
    """In all three languages, with photo and without, at 33 pixels or more and in four lines at most."""
    stories = tuple(replace(story, picture=photo) for story in SHIPPED.stories)
    campaign: Campaign = replace(SHIPPED, layout=layout, stories=stories)
    assert not list(list_campaign_excesses(campaign, STUDIO))


@pytest.mark.parametrize(("look", "words"), thin_pairs(LOOKS, WORDS, step=12), ids=str)
def test_too_long_a_text_is_told_by_how_much(look: CardLook, words: str) -> None:
    """Shortened by so many characters it fits, by one less it does not."""
    fonts = STUDIO.get_fonts(look)
    text = replace(say(look), story=fill(TEXT_LIMIT, words), offer=fill(OFFER_LIMIT, words))
    found = {excess.field: excess.characters for excess in list_excesses(text, fonts)}
    assert found.get("story", 0) > 20
    for field, characters in found.items():
        told: str = getattr(text, field)
        fits, not_yet = (
            replace(text, **{field: told[: len(told) - excess]})  # type: ignore[arg-type]
            for excess in (characters, characters - 1)
        )
        assert field not in {excess.field for excess in list_excesses(fits, fonts)}
        assert field in {excess.field for excess in list_excesses(not_yet, fonts)}


@pytest.mark.parametrize(("look", "words"), thin_pairs(LOOKS, WORDS, step=6), ids=str)
def test_no_allowed_text_is_cut(look: CardLook, words: str) -> None:
    """A campaign of before, whose texts fill all the characters there may be, has them whole on its cards, if smaller."""
    fonts, layout = STUDIO.get_fonts(look), STUDIO.get_fonts(look).theme.layout
    texts = (fill(HEADLINE_LIMIT, words), fill(TEXT_LIMIT, words))
    settings = list(fit_pair(texts, layout.words, fonts))
    for said, block in ((fill(OFFER_LIMIT, words), layout.offer), (fill(BRAND_LIMIT, words), layout.brand)):
        left, top, right, bottom = block.bounds
        settings.append(fonts.fit(said, block.style, right - left, bottom - top))
    assert not any(setting.cut for setting in settings)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A campaign file with one story, as somebody begins to change it."""
    shutil.copytree(ASSETS / "campaigns" / "pictures", tmp_path / "pictures")
    path = tmp_path / "mine.toml"
    path.write_text(keep_stories(1), "utf-8")
    return path


@pytest.mark.long
def test_a_file_whose_texts_fit_is_taken(mine: Path) -> None:
    """`campaign check` has nothing to say of it; that too long a text is all that is wrong, the next test says, too."""
    assert check(mine) == []


def test_a_file_with_too_long_a_text_is_refused_by_line_and_field(mine: Path) -> None:
    """`campaign check` says where, in which field, and by how much."""
    said = "Come through a friend and start with {invitee_points}."
    longer = said.removesuffix(".") + ", and a cup of tea in our garden under the tree."
    mine.write_text(mine.read_text("utf-8").replace(said, longer), "utf-8")
    (problem,) = check(mine)
    assert problem.startswith(f"{mine}:")
    assert "stories.offer.en: on a card of this layout it is " in problem
    assert "characters too long" in problem

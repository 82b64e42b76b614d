"""A campaign file says how its cards look; whatever cannot be is named."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content

WELCOME = re.sub(r"(?m)^picture = .*\n", "", (ASSETS / "campaigns" / "welcome.toml").read_text("utf-8"))
THEME = 'theme = "sunrise"'


def parse(look: str) -> Campaign:
    """The shipped campaign in another look, with any picture."""
    assert WELCOME.count(THEME) == 1
    return parse_campaign(WELCOME.replace(THEME, look), themes=["sunrise", "salon"], find_picture=lambda path: path)


@pytest.mark.parametrize(
    ("look", "kept"),
    [
        ('theme = "salon"', {"theme": "salon", "layout": "", "main_colour": "", "accent_colour": "", "focus": ""}),
        ('theme = "salon"\nlayout = "festive"', {"layout": "festive"}),
        ('theme = "auto"\nphoto = "shop.jpg"\nfocus = "top"', {"theme": "auto", "photo": "shop.jpg", "focus": "top"}),
        ('theme = "auto"\nlogo = "logo.png"', {"theme": "auto", "logo": "logo.png"}),
        ('theme = "auto"\ncolours = { main = "#C53F1E" }', {"main_colour": "#c53f1e", "accent_colour": ""}),
        (
            'theme = "sunrise"\ncolours.main = "#0b5f86"\ncolours.accent = "#FF8168"',
            {"main_colour": "#0b5f86", "accent_colour": "#ff8168"},
        ),
    ],
)
def test_a_look_is_read_and_kept(look: str, kept: dict[str, Any]) -> None:
    """What a file says of its look is in the campaign, also after it was stored; what it leaves out is as usual."""
    campaign = parse(look)
    assert {name: getattr(campaign, name) for name in kept} == kept
    assert parse_content(compose_content(campaign)) == campaign


@pytest.mark.parametrize(
    ("look", "told"),
    [
        ('theme = "night"', 'theme: "night" does not exist. Choose one of: "salon", "sunrise", "auto"'),
        ('theme = "auto"', 'theme: "auto" takes its colours from a logo or a photo'),
        ('theme = "salon"\nlayout = "poster"', 'layout: "poster" does not exist. Choose one of: "bubble", "festive"'),
        ('theme = "salon"\nfocus = "left"', 'focus: "left" does not exist. Choose one of: "top", "middle", "bottom"'),
        ('theme = "salon"\ncolours = { main = "red" }', 'colours.main: "red" is no colour'),
        ('theme = "salon"\ncolours = { main = "#12345" }', 'colours.main: "#12345" is no colour'),
        ('theme = "salon"\ncolours = { accent = "#123456" }', "colours.main: this is missing"),
        ('theme = "salon"\ncolours = { main = "#123456", ink = "#000000" }', "colours.ink: this field is not known"),
        ('theme = "salon"\ncolours = "#123456"', "colours: this must be a block"),
    ],
)
def test_a_mistake_in_a_look_is_named(look: str, told: str) -> None:
    """The line and field are told, and what would do."""
    with pytest.raises(CampaignMistake) as mistake:
        parse(look)
    assert told in str(mistake.value)


def test_a_file_without_a_look_of_its_own_keeps_its_content() -> None:
    """A campaign of before has the version it had: what it does not say is not written down."""
    content = compose_content(parse(THEME))
    assert not any(f'"{name}"' in content for name in ("layout", "main_colour", "accent_colour", "focus"))


@pytest.mark.parametrize(
    "look",
    [
        'theme = "salon"\nlayout = "festive"\nfocus = "bottom"',
        'theme = "auto"\nphoto = "shop.jpg"\ncolours.main = "#C53F1E"\ncolours.accent = "#FFD23D"',
    ],
)
def test_a_look_survives_the_way_into_a_file(look: str) -> None:
    """What is written says the same, from nothing and over the file there was, which keeps its spelling."""
    campaign = parse(look)
    former = WELCOME.replace(THEME, look)
    assert compose_file(campaign, former=former, name_picture=lambda path: path) == former
    fresh = compose_file(campaign, name_picture=lambda path: path)
    assert parse_campaign(fresh, themes=["salon"], find_picture=lambda path: path) == campaign
    plain = compose_file(parse(THEME), former=former, name_picture=lambda path: path)
    assert parse_campaign(plain, themes=["sunrise"], find_picture=lambda path: path) == parse(THEME)


def test_a_story_has_its_own_part_of_a_picture_shown() -> None:
    """Where it says so; else what the campaign says. It goes into a file and comes out again."""
    text = WELCOME.replace(THEME, 'theme = "salon"\nphoto = "shop.jpg"\nfocus = "top"')
    first = text.index('kind = "')
    text = f'{text[:first]}focus = "bottom"\n{text[first:]}'
    campaign = parse_campaign(text, themes=["salon"], find_picture=lambda path: path)
    shown = [story.look.focus for story in campaign.texts_for("en").stories]
    assert shown == ["bottom", *["top"] * (len(shown) - 1)]
    assert parse_content(compose_content(campaign)) == campaign
    written = compose_file(campaign, name_picture=lambda path: path)
    assert parse_campaign(written, themes=["salon"], find_picture=lambda path: path) == campaign

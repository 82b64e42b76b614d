"""A language more, in the program or in a shop, is a file more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import bot
from bot.assets import ASSETS
from bot.core.campaigns.campaign import parse_campaign
from bot.core.sharing import Signature
from bot.handlers.bot_profile import list_codes
from bot.messages.sharing.card_texts import compose_card_text, compose_card_versions
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from tests.messages.samples import CAMPAIGN, make_shop, render_admins, render_everybodys, render_owed

PROGRAM = """
from bot.core.languages import LANGUAGES, choose_language
from bot.messages.keyboards import compose_language_keyboard
from bot.handlers.bot_profile import list_codes
from bot.messages.sharing.card_texts import compose_card_text
from bot.messages.texts import Texts
from bot.services.spoken import choose_list
from tests.messages.samples import CAMPAIGN, make_shop, make_shop

assert LANGUAGES == ("en", "id", "xx", "zh"), LANGUAGES
assert choose_language(None, "xx-new") == "xx"
assert Texts("xx").plain("button.menu") == "Menyu"
assert Texts("xx").number(1234) == "1,234"
labels = [row[0].text for row in compose_language_keyboard(Texts("xx")).inline_keyboard]
assert labels == ["English", "Bahasa Indonesia", "\u2713 Ixish", "\u7b80\u4f53\u4e2d\u6587"], labels
assert compose_card_text(make_shop(), "xx").brand == make_shop().brand("en")
assert make_shop().points(1, "xx") == "1 point"
assert choose_list("xx") == "en"
"""


def test_a_fourth_language_is_one_file(tmp_path: Path) -> None:
    """With a file for a made-up language the program speaks it, and a shop that lacks it speaks its own."""
    shutil.copytree(Path(bot.__file__).parent, tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "assets").mkdir()
    for folder in ASSETS.iterdir():
        if folder.name != "locales":
            (tmp_path / "assets" / folder.name).symlink_to(folder)
    shutil.copytree(ASSETS / "locales", tmp_path / "assets" / "locales")
    english = (ASSETS / "locales" / "en.toml").read_text("utf-8")
    made_up = english.replace('name = "English"', 'name = "Ixish"').replace('menu = "Menu"', 'menu = "Menyu"')
    (tmp_path / "assets" / "locales" / "xx.toml").write_text(made_up.replace('"en-gb"', '"xx"'), "utf-8")
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    subprocess.run([sys.executable, "-c", PROGRAM], check=True, env={**os.environ, "PYTHONPATH": paths}, cwd=tmp_path)


def open_foreign_shop() -> Shop:
    """One story, in a made-up language alone."""
    text = """
slug = "xx"
theme = "salon"
brand.xx = "Ixu"
points = { inviter = 2, invitee = 1, unit.xx = { one = "ixa", other = "ixai" } }
[[stories]]
key = "first"
kind = "novelty"
headline.xx = "Ixu vel"
text.xx = "Ixu vel dor."
offer.xx = "{invitee_points}"
"""
    return Shop(bot_username="ixu_bot", inline_mode=True, campaign=parse_campaign(text, themes=["salon"]))


XX = open_foreign_shop()


def test_a_shop_may_speak_what_the_program_does_not() -> None:
    """Its own words are in its language, everything around them in the reader's or in English."""
    assert (XX.brand("xx"), XX.brand("id"), XX.points(1, "zh"), XX.points(2, "xx")) == ("Ixu", "Ixu", "1 ixa", "2 ixai")
    assert XX.story("en").offer == "1 ixa"
    for language in ("xx", "en", "zh"):
        texts = Texts(language)
        screens = {
            **render_everybodys(texts, XX, "Rina"),
            **render_admins(texts, XX, "Rina"),
            **render_owed(texts, XX, "Rina"),
        }
        assert all(screens.values())
        assert "Ixu" in compose_card_text(XX, language).brand


def test_a_card_of_such_a_shop_has_a_version_for_every_reader() -> None:
    """Whoever reads neither of its languages has the English card."""
    versions, anna = compose_card_versions(XX, "look"), Signature(name="Anna", own_words="", code="c")
    cards = {language: versions.of_card(anna, language) for language in ("xx", "en", "zh", "fr")}
    assert cards["xx"] != cards["zh"]
    assert cards["fr"] == cards["en"]


def test_everybody_else_is_greeted_in_the_shops_language() -> None:
    """Telegram shows commands without a language to whoever reads none that is named; its codes have two letters."""
    indonesian = replace(make_shop(), campaign=replace(CAMPAIGN, brand={"id": "Oven", "en": "Oven"}))
    assert list_codes(indonesian) == [("id", None), ("en", "en"), ("id", "id"), ("zh", "zh")]
    assert list_codes(XX)[0] == ("en", None)
    assert [indonesian.choose_language(said) for said in ("zh-hans", "fr", "")] == ["zh", "id", "id"]

"""What the studio keeps, and that threads may share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.assets import ASSETS
from bot.cards.card_drawing import set_words
from bot.cards.studio import CardStudio
from bot.cards.themes import UnknownTheme
from bot.core.looks import CardLook
from tests.cards.samples import CARD_TEXTS, KIND_NAMES, LINK, THEMES


def test_only_so_many_templates_are_kept() -> None:
    """The template that was not used for longest makes room for a new one."""
    opened: list[str] = []  # a template opens the photo that it shows
    small = CardStudio(ASSETS, templates_kept=2, find_picture=opened.append)
    looks = [CardLook("quiet", photo=name) for name in "abaca"]
    for look in dict.fromkeys(looks):
        small.get_fonts(look)
    opened.clear()
    for look in looks:
        small.render_card(replace(CARD_TEXTS["en"], look=look), name="Anna", link=LINK)
    assert opened == ["a", "b", "c"]
    assert small.templates_held == 2


def test_threads_may_share_a_studio(studio: CardStudio) -> None:
    """Cards drawn by many threads at once, templates made and thrown away meanwhile, are the same as one by one."""
    faces = [replace(CARD_TEXTS[language], look=CardLook("quiet")) for language in ("en", "zh")]
    jobs = [(face, name) for face in faces for name in KIND_NAMES[:6]]
    expected = [studio.render_card(face, name=name, link=LINK) for face, name in jobs]
    shared = CardStudio(ASSETS, templates_kept=1)
    with ThreadPoolExecutor(4) as pool:
        cards = list(pool.map(lambda job: shared.render_card(job[0], name=job[1], link=LINK), jobs))
    assert cards == expected


def test_an_unknown_theme_is_refused_with_the_names_of_all(studio: CardStudio) -> None:
    """Whoever misspells a theme reads which there are."""
    with pytest.raises(
        UnknownTheme, match="no theme 'sunset'; there are fiesta, gallery, lagoon, lantern, quiet, salon, sunrise"
    ):
        studio.check_theme("sunset")
    with pytest.raises(UnknownTheme):
        studio.render_card(replace(CARD_TEXTS["en"], look=CardLook("../sunrise")), name="Anna", link=LINK)
    for theme in THEMES:
        studio.check_theme(theme)
    assert studio.list_themes() == list(THEMES)


def test_the_name_of_a_shop_stays_on_one_line_of_its_cards(studio: CardStudio) -> None:
    """A headline that names the shop breaks elsewhere; of another shop these characters are no name."""
    name = "鑫淼焱垚"
    text = replace(CARD_TEXTS["zh"], headline=f"欢迎来到{name}喝一杯")

    def list_lines(brand: str) -> list[str]:
        told = replace(text, brand=brand)
        headline = set_words(told, studio.get_fonts_for(told))[0]
        return ["".join(glyph.cluster for glyph in line) for line in headline.setting.lines]

    assert any(name in line for line in list_lines(name))
    assert not any(name in line for line in list_lines("小炉"))

"""What the studio keeps, how it names versions, and that threads may share it."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.assets import ASSETS
from bot.cards import CardStudio, CardText, UnknownTheme
from tests.cards.samples import FACES, KIND_NAMES, LINK, THEMES

FACE = FACES["en"]


@pytest.mark.parametrize("field", [field.name for field in fields(CardText)])
def test_a_version_changes_with_everything_that_shows(studio: CardStudio, field: str) -> None:
    """Any other text, language or theme gives another version."""
    other = {"theme": "salon", "invited_by": "{name} says hello"}.get(field, getattr(FACE, field) + "!")
    changed = replace(FACE, **{field: other})
    assert compute(studio, changed) != compute(studio, FACE)


def compute(studio: CardStudio, face: CardText, name: str = "Anna", link: str = LINK) -> str:
    """The version of a card."""
    return studio.compute_version(face, name=name, link=link)


def test_a_version_changes_with_name_and_link_as_they_show(studio: CardStudio) -> None:
    """Another name or link gives another version; a name that looks the same does not."""
    versions = {compute(studio, FACE), compute(studio, FACE, name="Anne"), compute(studio, FACE, link=LINK + "x")}
    assert len(versions) == 3
    assert compute(studio, FACE, name="Anna\u202e\0") == compute(studio, FACE)
    assert compute(studio, FACE, name="สมชาย") == compute(studio, FACE, name="")


def test_a_version_changes_with_the_theme_file(tmp_path: Path) -> None:
    """Editing a colour makes new cards."""
    shutil.copytree(ASSETS / "themes", tmp_path / "themes")
    (tmp_path / "fonts").symlink_to(ASSETS / "fonts")
    before = compute(CardStudio(tmp_path), FACE)
    theme = tmp_path / "themes" / "sunrise.toml"
    theme.write_text(theme.read_text("utf-8").replace("#C53F1E", "#1E6FC5"), "utf-8")
    assert compute(CardStudio(tmp_path), FACE) != before
    assert before == compute(CardStudio(ASSETS), FACE)


def test_the_code_alone_has_a_version_of_its_own(studio: CardStudio) -> None:
    """It changes with link, theme and caption, and is never a card's."""
    versions = {
        studio.compute_qr_version(LINK, theme="salon"),
        studio.compute_qr_version(LINK, theme="salon", caption="Kopi"),
        studio.compute_qr_version(LINK, theme="sunrise"),
        studio.compute_qr_version(LINK + "x", theme="salon"),
        compute(studio, FACE),
    }
    assert len(versions) == 5


def test_only_so_many_templates_are_kept() -> None:
    """The template that was not used for longest makes room for a new one."""
    small = CardStudio(ASSETS, templates_kept=2)
    for face in (FACES["en"], FACES["id"], FACES["en"], FACES["zh"]):
        small.render_card(face, name="Anna", link=LINK)
    assert small.list_kept_faces() == [FACES["en"], FACES["zh"]]


def test_threads_may_share_a_studio() -> None:
    """Cards drawn by many threads at once, templates made and thrown away meanwhile, are the same as one by one."""
    jobs = [(FACES[language], name) for language in ("en", "zh") for name in KIND_NAMES[:6]]
    alone = CardStudio(ASSETS)
    expected = [alone.render_card(face, name=name, link=LINK) for face, name in jobs]
    shared = CardStudio(ASSETS, templates_kept=1)
    with ThreadPoolExecutor(4) as pool:
        cards = list(pool.map(lambda job: shared.render_card(job[0], name=job[1], link=LINK), jobs))
    assert cards == expected


def test_an_unknown_theme_is_refused_with_the_names_of_all(studio: CardStudio) -> None:
    """Whoever misspells a theme reads which there are."""
    with pytest.raises(UnknownTheme, match="no theme 'sunset'; there are fiesta, lagoon, salon, sunrise"):
        studio.check_theme("sunset")
    with pytest.raises(UnknownTheme):
        studio.render_card(replace(FACE, theme="../sunrise"), name="Anna", link=LINK)
    for theme in THEMES:
        studio.check_theme(theme)
    assert studio.list_themes() == list(THEMES)

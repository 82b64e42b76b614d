"""Theme files: mistakes are named, and what is written in them can be read on the card."""

from __future__ import annotations

import pytest

from bot.assets import ASSETS
from bot.cards.colours import compute_contrast
from bot.cards.themes import ThemeMistake, load_theme, parse_theme
from tests.cards.samples import THEMES

SUNRISE = (ASSETS / "themes" / "sunrise.toml").read_text("utf-8")
ON_PANEL = ("code", "hint", "phrase", "name", "name_1", "name_2")
ON_GROUND: dict[str, tuple[tuple[str, str], ...]] = {
    "sunrise": (("headline", "paper_edge"), ("story", "paper_edge"), ("brand", "paper"), ("story", "ring_1")),
    "salon": (("headline", "night_glow"), ("story", "night_glow"), ("brand", "night_glow"), ("gold", "night_glow")),
    "fiesta": (("headline", "field_2"), ("story", "field_2"), ("brand", "field_1"), ("headline", "field_3")),
    "lagoon": (("headline", "field_2"), ("story", "field_2"), ("brand", "field_1"), ("headline", "field_3")),
}
ON_GROUND["gallery"] = (("panel", "deep"), ("story", "paper"))
ON_GROUND["quiet"] = (("ink", "paper"), ("story", "paper"), ("main_ink", "paper"))
ON_GROUND["lantern"] = (("paper", "deep"), ("soft", "glow"), ("brand", "glow"), ("main_ink", "panel"))
ON_BADGES: dict[str, tuple[tuple[str, str], ...]] = {
    "sunrise": (("coupon_text", "coupon"), ("monogram_text", "monogram")),
    "salon": (("seal_text", "gold"), ("seal_text", "gold_light")),
    "fiesta": (("sticker_text", "sticker"), ("monogram_text", "monogram")),
    "lagoon": (("sticker_text", "sticker"), ("monogram_text", "monogram")),
}


ON_BADGES |= dict.fromkeys(("gallery", "quiet", "lantern"), (("on_main", "main"), ("on_accent", "accent")))


@pytest.mark.parametrize("theme", THEMES)
def test_texts_stand_out_from_what_is_behind_them(theme: str) -> None:
    """Large type has a contrast of at least 3, running text and badges 4.5, the code 12, dark on light."""
    palette = load_theme(ASSETS / "themes", theme).palette
    inks = [(ink, "panel") for ink in ON_PANEL if ink in palette and theme != "salon"]
    for ink, ground in (*inks, *ON_BADGES[theme], *ON_GROUND[theme]):
        least = 3 if ink in {"headline", "brand", "gold"} else 4.5
        assert compute_contrast(palette[ink], palette[ground]) >= least, (ink, ground)
    assert compute_contrast(palette["code"], palette["panel"]) >= 12
    assert sum(palette["code"]) < sum(palette["panel"])


@pytest.mark.parametrize(
    ("was", "becomes", "told"),
    [
        (
            'layout = "sunrise"',
            'layout = "sunset"',
            "theme mine: layout must be one of bubble, festive, minimal, photo, salon, sunrise",
        ),
        ('headline = "#2D1A12"', "", "theme mine: colours.headline is missing"),
        ('headline = "#2D1A12"', 'headline = "brownish"', "theme mine: colours.headline must be a colour like #1a2b3c"),
        ('label = ["jakarta-bold"]', "", "theme mine: fonts.label must be a list of names"),
        ("[colours]", "[colours", "theme mine: .*line 12"),
    ],
)
def test_a_mistake_in_a_theme_is_named(was: str, becomes: str, told: str) -> None:
    """Whoever edits a theme reads which line or field is wrong."""
    assert was in SUNRISE
    with pytest.raises(ThemeMistake, match=told):
        parse_theme("mine", SUNRISE.replace(was, becomes).encode())


def test_colours_may_be_short() -> None:
    """A colour may be written with three digits."""
    theme = parse_theme("mine", SUNRISE.replace("#2D1A12", "#321").encode())
    assert theme.palette["headline"] == (0x33, 0x22, 0x11)

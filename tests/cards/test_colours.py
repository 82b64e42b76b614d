"""Colours of a shop become palettes on which everything can be read."""

from __future__ import annotations

import random
from functools import cache

import pytest
from PIL import Image, ImageDraw

from bot.cards.colours import (
    BLACK,
    WHITE,
    Tone,
    compute_contrast,
    from_tone,
    mix,
    set_off,
    to_tone,
)
from bot.cards.layouts import LAYOUTS
from bot.cards.schemes import GREY_CHROMA, Scheme, compose_scheme, pick_scheme
from bot.cards.shapes import Colour

CHANCE = random.Random(17)
COLOURS: list[Colour] = [
    *((red, green, blue) for red in (0, 128, 255) for green in (0, 128, 255) for blue in (0, 128, 255)),
    *((CHANCE.randrange(256), CHANCE.randrange(256), CHANCE.randrange(256)) for _ in range(60)),
]
ON_GROUND = {
    "bubble": (("story", "field_2"), ("headline", "field_1"), ("sticker_text", "sticker"), ("name_1", "panel")),
    "festive": (("paper", "glow"), ("soft", "glow"), ("brand", "deep"), ("on_accent", "accent")),
    "minimal": (("ink", "paper"), ("story", "paper"), ("main_ink", "paper"), ("on_main", "main")),
    "photo": (("panel", "deep"), ("story", "paper"), ("main_ink", "paper"), ("on_main", "main")),
    "salon": (("story", "night_glow"), ("brand", "night_glow"), ("seal_text", "gold"), ("plaque_name", "panel")),
    "sunrise": (("story", "paper_edge"), ("coupon_text", "coupon"), ("name", "panel"), ("hint", "panel")),
}


def draw_logo(*colours: Colour, ground: Colour | None = None) -> Image.Image:
    """A logo of stripes, see-through around them where it has no ground."""
    logo = Image.new("RGBA", (120, 80), (*ground, 255) if ground else (0, 0, 0, 0))
    for n, colour in enumerate(colours):
        ImageDraw.Draw(logo).rectangle((20 + n * 20, 10, 38 + n * 20, 70), fill=(*colour, 255))
    return logo


def test_a_colour_survives_the_way_there_and_back() -> None:
    """Lightness, chroma and hue say all of a colour."""
    for colour in COLOURS:
        back = from_tone(to_tone(colour))
        assert all(abs(one - other) <= 1 for one, other in zip(back, colour, strict=True)), colour


def test_contrast_is_that_of_the_standard() -> None:
    """Figures of WCAG's own examples."""
    assert compute_contrast(BLACK, WHITE) == pytest.approx(21)
    assert compute_contrast((0x77, 0x77, 0x77), WHITE) == pytest.approx(4.48, abs=0.01)


def test_an_ink_is_set_off_until_it_can_be_read() -> None:
    """On any ground any ink becomes one that can be read, of its own hue where that is possible."""
    for ground in COLOURS:
        for ink in (ground, (200, 60, 40), WHITE):
            assert compute_contrast(set_off(ink, ground), ground) >= 4.5, (ink, ground)
    assert set_off((120, 0, 0), WHITE) == (120, 0, 0)


@cache
def list_schemes() -> list[Scheme]:
    """Of each colour, by itself and with another one."""
    pairs = [(main, COLOURS[(n * 7 + 3) % len(COLOURS)]) for n, main in enumerate(COLOURS)]
    return [compose_scheme(main, accent) for main, accent in (*pairs, *((main, None) for main in COLOURS))]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_two_colours_dress_every_layout(layout: str) -> None:
    """Whatever an owner names: nothing is missing, texts have a contrast of 4.5, the code 12 on a light panel."""
    for scheme in list_schemes():
        palette = LAYOUTS[layout].dress(scheme)
        assert palette.keys() >= LAYOUTS[layout].colours
        for ink, ground in ON_GROUND[layout]:
            assert compute_contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground, palette)
        assert compute_contrast(palette["code"], palette["panel"]) >= 12


def test_no_ground_is_muddy() -> None:
    """A middle grey becomes dark; a dull colour of middle lightness gets some chroma."""
    for main in COLOURS:
        scheme = compose_scheme(main)
        for ground in (scheme.main, scheme.accent):
            tone = to_tone(ground)
            assert tone.chroma >= 0.05 or tone.lightness <= 0.3, (main, ground)
        assert len({scheme.paper, scheme.main, scheme.accent, scheme.deep, scheme.ink}) == 5, main


@pytest.mark.parametrize(
    ("logo", "hue"),
    [
        (draw_logo((190, 30, 40)), 25),
        (draw_logo((20, 90, 60), ground=WHITE), 160),
        (draw_logo((20, 40, 140), (255, 200, 0), ground=BLACK), None),
        (draw_logo((10, 10, 10), (110, 50, 160)), 305),
    ],
)
def test_the_main_colour_is_what_one_would_name(logo: Image.Image, hue: float | None) -> None:
    """Neither the white or black around a logo, nor what is see-through, counts; its own colour does."""
    main = to_tone(pick_scheme([logo]).main)
    assert main.chroma >= GREY_CHROMA
    assert hue is None or main.distance_of_hue(Tone(0.5, 0.1, hue)) < 20


def test_two_colours_of_a_logo_become_main_and_accent() -> None:
    """Blue and yellow stay blue and yellow."""
    scheme = pick_scheme([draw_logo((20, 60, 170), (250, 200, 20))])
    hues = sorted(to_tone(colour).hue for colour in (scheme.main, scheme.accent))
    assert hues[0] == pytest.approx(90, abs=15)
    assert hues[1] == pytest.approx(262, abs=15)


@pytest.mark.parametrize(
    "picture", [draw_logo(), draw_logo(BLACK), draw_logo(WHITE, ground=BLACK), draw_logo((128, 128, 128))]
)
def test_a_logo_without_colour_gives_a_dark_scheme_with_gold(picture: Image.Image) -> None:
    """Black, white, grey and nothing at all get company, never grey on grey."""
    scheme: Scheme = pick_scheme([picture])
    assert to_tone(scheme.main).lightness <= 0.3
    assert to_tone(scheme.accent).chroma > 0.1


def test_between_two_strong_colours_lies_no_grey() -> None:
    """A mixture through OKLab keeps some of the chroma of both."""
    assert to_tone(mix((255, 200, 0), (200, 0, 120), 0.5)).chroma > 0.1

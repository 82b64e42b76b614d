"""The shop's logo by itself: seen by day and by night, and before the title of the chart."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.assets import ASSETS
from bot.cards.colours import compute_contrast
from bot.cards.logos import CHART_GROUNDS, LOGO_SIZE, PAGE_GROUNDS, render_logo
from bot.cards.picture_canvas import PAPER
from bot.cards.shapes import Colour
from tests.cards.looks import SHELF
from tests.cards.pictures import save
from tests.cards.test_chart import draw

LEAST_CONTRAST = 2.4


def lay(png: bytes, ground: Colour) -> Image.Image:
    """The logo as a page shows it."""
    logo = Image.open(BytesIO(png)).convert("RGBA")
    page = Image.new("RGB", logo.size, ground)
    page.paste(logo, (0, 0), logo)
    return page


def list_contrasts(picture: Image.Image) -> float:
    """The most that two of its colours differ by."""
    small = picture.resize((24, 12), Image.Resampling.BOX).convert("RGB")
    raw = small.tobytes()
    colours = {(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3)}
    return max(compute_contrast(one, other) for one in colours for other in colours)


@pytest.mark.parametrize("name", ["logo", "white logo", "black logo", "square logo"])
def test_a_logo_is_seen_by_day_and_by_night(name: str) -> None:
    """Whatever its colour, it stands out from the page or from a plate under it, and never outgrows its place."""
    png = render_logo(SHELF[name], PAGE_GROUNDS)
    for ground in PAGE_GROUNDS:
        shown = lay(png, ground)
        assert shown.width <= LOGO_SIZE[0]
        assert shown.height <= LOGO_SIZE[1]
        if name != "square logo":
            assert list_contrasts(shown) >= LEAST_CONTRAST


def test_a_logo_that_stands_out_needs_no_plate() -> None:
    """Only where it would sink is something laid under it: white under what is dark, black under what is light."""
    corners = {
        name: Image.open(BytesIO(render_logo(SHELF[name], CHART_GROUNDS))).convert("RGBA")
        for name in ("logo", "white logo")
    }
    assert corners["logo"].getpixel((corners["logo"].width // 2, 0)) == (0, 0, 0, 0)
    assert corners["white logo"].getpixel((corners["white logo"].width // 2, 2)) == (0, 0, 0, 255)
    dark = Image.open(BytesIO(render_logo(SHELF["black logo"], PAGE_GROUNDS))).convert("RGBA")
    assert dark.getpixel((dark.width // 2, 2)) == (255, 255, 255, 255)


@pytest.mark.parametrize("size", [(2_000, 40), (40, 900), (33, 33)])
def test_a_logo_of_any_shape_fits(size: tuple[int, int]) -> None:
    """A long word as well as a tall sign."""
    logo = Image.new("RGBA", size, (200, 30, 40, 255))
    assert all(
        side <= most
        for side, most in zip(Image.open(BytesIO(render_logo(save(logo), PAGE_GROUNDS))).size, LOGO_SIZE, strict=True)
    )


def test_pages_and_chart_have_the_grounds_that_are_named() -> None:
    """Where their colours change, these change with them."""
    css = (ASSETS / "web" / "site.css").read_text("utf-8")
    named = ["#{:02x}{:02x}{:02x}".format(*ground) for ground in PAGE_GROUNDS]
    assert [f"--paper: {colour};" in css for colour in named] == [True, True]
    assert [ImageColor.getrgb(PAPER)] == list(CHART_GROUNDS)


def test_the_chart_begins_with_the_logo() -> None:
    """Before its title, which moves aside."""
    logo = base64.b64encode(render_logo(SHELF["logo"], CHART_GROUNDS)).decode()
    plain, marked = draw(), draw(logo=logo)
    changed = (plain != marked).any(axis=2).nonzero()
    assert changed[0].max() < 160
    assert plain.shape == marked.shape

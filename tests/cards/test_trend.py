from __future__ import annotations

from dataclasses import asdict
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bot.assets import ASSETS
from bot.cards.colours import compute_contrast
from bot.cards.picture_canvas import MARGIN, PAPER, WIDTH, read_colour
from bot.cards.themes import list_theme_names
from bot.cards.trend import BARS_BOTTOM, BARS_TOP, HEIGHT, render_trend
from bot.handlers.stats.charts import draw_aside
from bot.messages.stats.trend import TrendTexts
from tests.thinning import thin

TEXTS = TrendTexts(
    title="Little Oven",
    figures=[
        ("New members", "1,248", "before: 1,102"),
        ("Invitations", "731", "before: 700"),
        ("Opened a link", "1,822", "before: 1,900"),
        ("Friends who came", "59", "before: 41"),
    ],
    axis_title="Friends who came, by week",
    bars=[(5, "5", 2), (10, "10", 1), (20, "20", 0), (10, "10", 0)],
    dates=("7 Sep", "19 Oct", "23 Nov"),
    nothing="Nobody yet",
)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def draw(**changes: Any) -> Pixels:
    """The picture with some words changed, as pixels."""
    png = render_trend(asdict(TEXTS) | changes)
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def measure_bar(picture: Pixels, place: int, bars: int = 4) -> int:
    """How many pixels a bar is high, in the middle of its width."""
    room = (WIDTH - 2 * MARGIN) / bars
    column = picture[BARS_TOP:BARS_BOTTOM, int(MARGIN + (place + 0.5) * room)].astype(int)
    return int((np.abs(column - read_colour(PAPER)).sum(axis=1) > 30).sum())


def find_colour(picture: Pixels, place: int) -> tuple[int, ...]:
    """The colour of one of four bars."""
    room = (WIDTH - 2 * MARGIN) / 4
    return tuple(int(value) for value in picture[BARS_BOTTOM - 4, int(MARGIN + (place + 0.5) * room)])


def test_bars_are_as_high_as_what_they_count() -> None:
    """Half the friends, half the bar; this period, the one before and earlier ones look different."""
    picture = draw(bars=[(5, "", 2), (10, "", 1), (20, "", 0), (10, "", 0)])
    first, second, third, fourth = (measure_bar(picture, place) for place in range(4))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert second / third == pytest.approx(0.5, abs=0.03)
    assert first / third == pytest.approx(0.25, abs=0.03)
    assert fourth == second
    assert len({find_colour(picture, place) for place in range(4)}) == 3


@pytest.mark.parametrize("theme", thin(["no such theme", "", *list_theme_names(ASSETS / "themes")]))
def test_bars_have_the_shops_colours_and_are_clear_of_the_paper(theme: str) -> None:
    """The theme's, or the shop's own; as clear as shapes need to be."""
    picture = draw(theme=theme)
    this, before = find_colour(picture, 2), find_colour(picture, 1)
    paper = read_colour(PAPER)
    assert compute_contrast((this[0], this[1], this[2]), paper) >= 2.9
    assert sum(abs(one - other) for one, other in zip(this, before, strict=True)) > 60


def test_a_colour_of_the_shops_own_is_taken() -> None:
    """A pale one is darkened; two that are alike are driven apart."""
    assert find_colour(draw(main="#1144aa", accent="#aa2211"), 2) == (0x11, 0x44, 0xAA)
    alike = draw(main="#1144aa", accent="#1144aa")
    assert find_colour(alike, 1) != find_colour(alike, 2)
    pale = find_colour(draw(main="#fff4d0"), 2)
    assert compute_contrast((pale[0], pale[1], pale[2]), read_colour(PAPER)) >= 2.9


def test_a_long_title_stays_in_its_place() -> None:
    """It is set smaller, then cut; nothing below it is touched."""
    short, long = draw(title="W"), draw(title="W" * 200)
    assert np.array_equal(short[170:], long[170:])
    assert np.array_equal(short[:, -8:], long[:, -8:])


def test_large_figures_stay_in_their_tiles() -> None:
    """Thousands of millions leave the tile beside them as it is."""
    figures = [("New members", "1", "before: 1"), *TEXTS.figures[1:]]
    wide = [("New members" * 5, "1,000,000,000", "before: 1,000,000,000"), *TEXTS.figures[1:]]
    assert np.array_equal(draw(figures=figures)[:, WIDTH // 2 :], draw(figures=wide)[:, WIDTH // 2 :])


def test_without_friends_it_says_so() -> None:
    """No bars, and a sentence in their place."""
    bars = [(0, "0", 0)] * 4
    assert not np.array_equal(draw(bars=bars), draw(bars=bars, nothing=""))


async def test_a_process_of_its_own_draws_it() -> None:
    """The same picture comes out of the short-lived process."""
    png = await draw_aside("bot.cards.trend", TEXTS)
    assert png is not None
    assert Image.open(BytesIO(png)).size == (WIDTH, HEIGHT)

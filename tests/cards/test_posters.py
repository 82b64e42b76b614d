"""The picture of a post: light, in the shop's colours, and whatever is on it fits."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.cards.colours import compute_contrast
from bot.cards.posters import SIZE
from bot.cards.studio import CardStudio
from bot.core.looks import CardLook
from bot.core.posters import Poster
from tests.cards.samples import THEMES
from tests.thinning import thin

SHORT = Poster(brand="Warung Sari", sign="7", headline="friends have come through Anna", below="A free tea")
LONG = Poster(
    brand="Bengkel Sepeda " * 5, sign="1.000.000.000", headline="W" * 200 + " 位朋友" * 30, below="Gratis es teh " * 9
)
BARE = Poster(brand="青禾茶馆", sign="", headline="夏季大赛", below="")


def draw(studio: CardStudio, poster: Poster, look: CardLook) -> Image.Image:
    """A poster, decoded; its bytes are few."""
    jpeg = studio.render_poster(poster, look)
    assert len(jpeg) <= 200_000
    picture = Image.open(BytesIO(jpeg))
    picture.load()
    return picture


def find_ink(picture: Image.Image) -> tuple[int, int, int, int]:
    """What is not ground: the bounds of everything that stands out from the field."""
    ground = picture.getpixel((4, 4))
    assert isinstance(ground, tuple)
    red, green, blue = ground[:3]
    lut = [255 if compute_contrast((value,) * 3, (red, green, blue)) > 3 else 0 for value in range(256)]
    bounds = picture.convert("L").point(lut).getbbox()
    assert bounds is not None
    return bounds


@pytest.mark.parametrize("theme", thin(THEMES, step=4))
def test_whatever_is_on_a_poster_stays_within_its_margins(studio: CardStudio, theme: str) -> None:
    """The shortest and the longest that can be; of one size in every theme."""
    for poster in (SHORT, LONG, BARE):
        picture = draw(studio, poster, CardLook(theme))
        assert picture.size == SIZE
        left, top, right, bottom = find_ink(picture)
        assert min(left, SIZE[0] - right) >= 40
        assert min(top, SIZE[1] - bottom) >= 20


@pytest.mark.parametrize(
    "colours", [("#000000", "#000000"), ("#ffffff", "#ffffff"), ("#ff0000", "#ff0000"), ("#777777", "#888888")]
)
def test_a_figure_stands_out_in_any_colours(studio: CardStudio, colours: tuple[str, str]) -> None:
    """A shop may choose two that are the same."""
    main, accent = colours
    look = CardLook("salon", main=main, accent=accent)
    with_sign, without = (
        draw(studio, Poster(brand="", sign=sign, headline="x", below=""), look) for sign in ("888", "")
    )
    middle = with_sign.crop((300, 300, 980, 560)).getcolors(1 << 20)
    plain = without.crop((0, 0, 100, 100)).getcolors(1 << 20)
    assert middle
    assert plain
    ground = max(plain)[1]
    assert isinstance(ground, tuple)
    most = max(compute_contrast(colour, ground) for count, colour in middle if count > 40 and isinstance(colour, tuple))  # type: ignore[arg-type]  # RGB
    assert most > 2.5

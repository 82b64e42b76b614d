"""A shop's pictures on its cards: cut where least is lost, legible under words, seen on any ground."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from bot.assets import ASSETS
from bot.cards.card_drawing import draw_brand, draw_ground, set_words
from bot.cards.colours import compute_contrast
from bot.cards.layouts import LAYOUTS
from bot.cards.photos import choose_chip, cut_photo, find_light_edge, find_window, fit_logo, list_colours
from bot.cards.studio import CardStudio
from bot.cards.theme_fonts import load_theme_fonts, load_typefaces
from bot.core.looks import CardLook
from tests.cards.looks import SHELF, draw_logo, list_looks, say
from tests.cards.pictures import save
from tests.cards.samples import LONGEST_LINK
from tests.thinning import thin, thin_pairs

TYPEFACES = load_typefaces(ASSETS)


def draw_face(width: int, height: int, centre: tuple[int, int]) -> Image.Image:
    """A quiet picture with one spot that is full of edges."""
    picture = Image.new("RGB", (width, height), (190, 200, 205))
    pencil = ImageDraw.Draw(picture)
    for radius in range(60, 4, -6):
        shade = (30, 20, 20) if radius // 6 % 2 else (240, 210, 190)
        x, y = centre
        pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=shade)
    return picture


def find_dark_middle(picture: Image.Image) -> float:
    """How far down the middle of all that is dark lies, 0 top to 1 bottom."""
    box = picture.convert("L").point(lambda value: 255 * (value < 90)).getbbox()
    assert box is not None
    return (box[1] + box[3]) / 2 / picture.height


@pytest.mark.parametrize("y", [110, 500, 890])
def test_a_tall_photo_is_cut_around_what_matters(y: int) -> None:
    """A face near the top, in the middle or near the bottom of a tall photo stays whole on a wide place."""
    cut = cut_photo(draw_face(500, 1000, (250, y)), (500, 300))
    assert cut.size == (500, 300)
    ink = cut.convert("L").point(lambda value: 255 * (value < 90)).getbbox()
    assert ink is not None
    assert ink[1] > 0
    assert ink[3] < 300
    assert ink[3] - ink[1] > 90


def test_the_owner_says_what_is_kept() -> None:
    """Top, middle and bottom are what they say, wherever the edges are."""
    tall = draw_face(500, 1000, (250, 120))
    assert find_dark_middle(cut_photo(tall, (500, 400), "top")) == pytest.approx(0.3, abs=0.03)
    for focus in ("middle", "bottom"):
        plain = cut_photo(tall, (500, 400), focus)
        assert min(band[0] for band in plain.getextrema()) > 150  # type: ignore[index]


def test_a_photo_of_nothing_is_cut_in_the_middle() -> None:
    """Without edges, and with the same everywhere, the middle is shown."""
    assert find_window([0] * 20, 0.5) == 0.5
    assert find_window([9] * 20, 0.5) == 0.5
    assert find_window([0, 0, 0, 0, 0, 0, 0, 0, 9, 9], 0.4) == 1


def draw_lamp(x: int, y: int) -> bytes:
    """A dark photo with a lamp in it, too small to count for much in the whole."""
    photo = Image.new("RGB", (1024, 580), (30, 26, 24))
    ImageDraw.Draw(photo).rectangle((x, y, x + 110, y + 60), fill=(255, 255, 250))
    return save(photo)


SHOWN = {**SHELF, **{f"lamp {x}": draw_lamp(x, y) for x, y in ((60, 430), (320, 440), (560, 330), (700, 450))}}


PHOTOS = ["photo", "white", "noise", *sorted(SHOWN.keys() - SHELF.keys())]
ON_PHOTOS = [CardLook("gallery"), CardLook("auto", layout="photo"), CardLook("auto", layout="photo", main="#f4e04d")]


@pytest.mark.parametrize(("look", "at"), thin_pairs(ON_PHOTOS, range(len(PHOTOS)), step=5), ids=str)
def test_words_on_a_photo_can_be_read(look: CardLook, at: int) -> None:
    """Wherever a photo is light: nineteen in twenty pixels under each line are dark enough, the lightest line counts."""
    fonts = load_theme_fonts(replace(look, photo=PHOTOS[at]), ASSETS, TYPEFACES, SHOWN.get)
    text = say(fonts.look)
    long = replace(text, headline="Somebody's grandmother taught us how to bake this, and we did")
    said = (text, long, replace(text, quoted=True))[at % 3]
    headline, *others = set_words(said, fonts)  # the brand stands on a chip of its own
    ground = draw_ground([headline, *others], fonts.open_pictures().photo, fonts)
    for line in headline.list_lines():
        lightest = find_light_edge(list_colours(ground.crop(line)))
        assert compute_contrast(lightest, fonts.theme.palette["panel"]) >= 4.5


@pytest.mark.parametrize("look", thin(list_looks("noise"), 1, step=9), ids=str)
def test_a_card_with_a_photo_is_light(studio: CardStudio, look: CardLook) -> None:
    """Even a photo that nothing can compress leaves a card within 98,000 bytes."""
    jpeg = studio.render_card(say(look), name="Anna", link=LONGEST_LINK)
    assert len(jpeg) <= 98_000
    assert Image.open(BytesIO(jpeg)).size == (1024, 1280)


FURNISHED = [
    CardLook("sunrise", photo="photo"),
    CardLook("sunrise", logo="logo"),
    CardLook("sunrise", logo="square logo"),
]


@pytest.mark.parametrize(("layout", "look"), thin_pairs(LAYOUTS, FURNISHED, step=7), ids=str)
def test_photo_and_logo_show_in_every_layout(studio: CardStudio, layout: str, look: CardLook) -> None:
    """A card with them differs where they stand; one whose pictures are gone is the card without."""
    plain, furnished, bare = CardLook("sunrise", layout=layout), replace(look, layout=layout), CardStudio(ASSETS)
    without = studio.render_card(say(plain), name="Anna", link=LONGEST_LINK)
    assert studio.render_card(say(furnished), name="Anna", link=LONGEST_LINK) != without
    assert bare.render_card(say(furnished), name="Anna", link=LONGEST_LINK) == without


def test_a_logo_that_would_sink_gets_a_ground_of_its_own() -> None:
    """White on white and black on black get a chip; what stands out, and what has its own ground, does not."""
    white, black = (draw_logo(ink) for ink in ((255, 255, 255), (0, 0, 0)))
    light, dark = (Image.new("RGB", (80, 80), ground) for ground in ((250, 245, 240), (20, 20, 30)))
    assert choose_chip(white, light) == (0, 0, 0)
    assert choose_chip(black, dark) == (255, 255, 255)
    assert choose_chip(white, dark) is None
    assert choose_chip(black, light) is None
    assert choose_chip(Image.new("RGB", (80, 80), (255, 255, 255)), light) is None


def test_a_logo_loses_its_empty_edges_and_keeps_its_shape() -> None:
    """What is see-through around a logo does not make it small."""
    fitted = fit_logo(draw_logo(), 72, 180)
    assert fitted.width / fitted.height == pytest.approx(360 / 200, rel=0.03)
    assert fitted.height == 72
    assert fit_logo(Image.new("RGB", (1000, 50)), 72, 180).size == (180, 9)


def test_what_words_stand_on_is_not_where_a_face_is_kept() -> None:
    """Where the lower part of a place is for words, a face is cut out so that it lies above them."""
    tall = draw_face(500, 1000, (250, 500))
    assert find_dark_middle(cut_photo(tall, (500, 400), seen=0.6)) < find_dark_middle(cut_photo(tall, (500, 400)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_wide_wordmark_is_wide(layout: str) -> None:
    """It has more room than a round logo, and leaves the name some."""
    fonts = CardStudio(ASSETS).get_fonts(CardLook("sunrise", layout=layout))
    image = Image.new("RGB", (1024, 1280), (255, 255, 255))
    draw_brand(image, "Kopi", Image.new("RGB", (1000, 120), (255, 0, 255)), fonts)
    counts = {colour: count for count, colour in image.crop((0, 0, 1024, 300)).getcolors(1024 * 300) or ()}
    wide = counts[255, 0, 255]
    assert 260 * 31 <= wide <= 420 * 51

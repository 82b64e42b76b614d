"""Three readers read every code: zxing-cpp, OpenCV, the harsh one, and zbar, where it is installed; a fourth: test_more_readers.py."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageChops

from bot.assets import ASSETS
from bot.cards.qr import compose_code, has_false_finder
from bot.cards.studio import CardStudio
from bot.cards.themes import load_theme
from bot.core.looks import CardLook
from bot.core.sharing import CardFormat
from tests.cards.samples import CARD_TEXTS, KIND_NAMES, LANGUAGES, LINK, LONGEST_LINK, THEMES, list_random_links
from tests.thinning import thin, thin_pairs

cv2.setNumThreads(1)  # on two cores its threads wait for each other
READER = cv2.QRCodeDetector()
CODES_PER_THEME = 5
"""Of random ones, each on another kind of name, in all languages by turns; a hundred of every look are read by `make cards`."""


def read_with_zxing(image: Image.Image) -> list[str]:
    """What zxing-cpp reads."""
    return [code.text for code in zxingcpp.read_barcodes(image)]


def read_with_opencv(image: Image.Image) -> list[str]:
    """What OpenCV reads."""
    return [READER.detectAndDecode(np.asarray(image.convert("L")))[0]]


def find_zbar() -> str:
    """The path of zbar's reader; where there is none the test skips with a line saying so, or fails if CI is set."""
    found = shutil.which("zbarimg")
    if found:
        return found
    reason = "NOT READ BY ZBAR: zbarimg is not installed (Debian: apt install zbar-tools)"
    if os.environ.get("CI"):
        pytest.fail(f"In CI nothing may be skipped: {reason}")
    pytest.skip(reason)


def read_with_zbar(zbar: str, arguments: Sequence[Path | str]) -> list[str]:
    """What zbar reads in some pictures, a line each; options may precede them."""
    ran = subprocess.run([zbar, "--quiet", "--raw", *arguments], capture_output=True, text=True, check=False)
    return ran.stdout.split()


def shrink(image: Image.Image) -> Image.Image:
    """The picture as a chat shows it: 640 pixels wide, JPEG at quality 70."""
    buffer = BytesIO()
    height = round(image.height * 640 / image.width)
    image.resize((640, height), Image.Resampling.LANCZOS).save(buffer, "JPEG", quality=70)
    return Image.open(buffer)


@pytest.mark.parametrize(("theme", "language"), thin_pairs(THEMES, LANGUAGES, step=7))
def test_two_readers_read_every_card(studio: CardStudio, theme: str, language: str) -> None:
    """As sent and as a small chat picture, random codes on cards of every theme are read by both readers."""
    missed, face = [], replace(CARD_TEXTS[language], look=CardLook(theme))
    links = enumerate(list_random_links(CODES_PER_THEME, seed=THEMES.index(theme)))
    for n, link in itertools.islice(links, LANGUAGES.index(language), None, len(LANGUAGES)):
        sent = Image.open(BytesIO(studio.render_card(face, name=KIND_NAMES[n % len(KIND_NAMES)], link=link)))
        pictures = {"sent": sent, "small": shrink(sent)}
        for size, picture in pictures.items():
            missed += [(size, "zxing", link)] * (read_with_zxing(picture) != [link])
            missed += [(size, "opencv", link)] * (read_with_opencv(picture) != [link])
    assert not missed


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_zbar_reads_every_card(studio: CardStudio, theme: str, tmp_path: Path) -> None:
    """The third reader, in many an older app: as sent, as a small chat picture, and the formats for stories and saving."""
    zbar, links = find_zbar(), list_random_links(CODES_PER_THEME, seed=100 + THEMES.index(theme))
    wanted, paths = [], []
    for n, link in enumerate(links):
        face = replace(CARD_TEXTS[LANGUAGES[n % 3]], look=CardLook(theme))
        name = KIND_NAMES[n % len(KIND_NAMES)]
        sent = Image.open(BytesIO(studio.render_card(face, name=name, link=link)))
        framed = studio.render_format(face, (CardFormat.TALL, CardFormat.SQUARE)[n % 2], name=name, link=link)
        for at, picture in enumerate((sent, shrink(sent), Image.open(BytesIO(framed)))):
            paths.append(tmp_path / f"{n:03}-{at}.pgm")  # as PNG, most of the time would go into packing
            picture.convert("L").save(paths[-1])
            wanted.append(link)
    assert read_with_zbar(zbar, paths) == wanted


@pytest.mark.parametrize("theme", thin(THEMES, step=4))
def test_the_large_code_is_read(studio: CardStudio, theme: str) -> None:
    """The QR code alone is a light JPEG that both readers read."""
    link, caption = ((LINK, "三杯咖啡"), (LONGEST_LINK, "Kopi Tiga"), (LINK, ""))[THEMES.index(theme) % 3]
    jpeg = studio.render_qr(link, CardLook(theme), caption=caption)
    assert len(jpeg) <= 98_000
    for picture in (Image.open(BytesIO(jpeg)), shrink(Image.open(BytesIO(jpeg)))):
        assert read_with_zxing(picture) == [link]
        assert read_with_opencv(picture) == [link]


@pytest.mark.parametrize(("length", "modules", "on_paper"), [(42, 29, 33), (62, 33, 41), (79, 37, 45), (86, 41, 45)])
def test_a_code_has_as_few_modules_as_its_link_allows(length: int, modules: int, on_paper: int) -> None:
    """On a screen; on paper, which gets scratched and wet, a quarter of a code may be gone."""
    link = "https://t.me/".ljust(length, "x")
    assert compose_code(link).modules == modules
    assert compose_code(link, on_paper=True).modules == on_paper


@pytest.mark.parametrize("theme", thin(THEMES, step=6))
def test_modules_are_five_pixels_on_a_small_picture(studio: CardStudio, theme: str) -> None:
    """A module is 8 pixels on the card, so 5 at 640 wide, and four modules around the longest link's code are plain panel."""
    face = replace(CARD_TEXTS["en"], look=CardLook(theme))
    card = Image.open(BytesIO(studio.render_card(face, name="Anna", link=LONGEST_LINK))).convert("L")
    x, y = load_theme(ASSETS / "themes", theme).layout.code_centre
    reach, quiet = 37 * 8 // 2, 4 * 8
    code = zxingcpp.read_barcodes(card)[0].position
    corners = (code.top_left.x, code.top_left.y, code.bottom_right.x, code.bottom_right.y)
    assert corners == pytest.approx((x - reach, y - reach, x + reach, y + reach), abs=3)
    around = card.crop((x - reach - quiet, y - reach - quiet, x + reach + quiet, y + reach + quiet))
    around.paste(255, (quiet, quiet, quiet + 2 * reach, quiet + 2 * reach))
    assert min(around.tobytes()) > 215


def test_no_code_shows_a_fourth_corner() -> None:
    """Of many codes none keeps a pattern that looks like a finder both down and across."""
    for link in list_random_links(120, seed=99):
        pixels = compose_code(link).pixels
        dark = [value > 0 for value in pixels.tobytes()]
        side = pixels.width
        assert not has_false_finder([dark[at : at + side] for at in range(0, side * side, side)])


def test_a_fourth_corner_is_noticed() -> None:
    """A finder pattern drawn into a code's middle is found."""
    pixels = compose_code(LINK).pixels
    side = pixels.width
    modules = [[pixels.getpixel((x, y)) == 255 for x in range(side)] for y in range(side)]
    for y in range(-4, 5):
        for x in range(-4, 5):
            modules[20 + y][20 + x] = max(abs(x), abs(y)) in {0, 1, 3}
    assert has_false_finder(modules)


def test_only_what_carries_data_is_taller() -> None:
    """On a card dark modules reach a pixel up and down; timing, alignment and the corners' outline are as the standard has them."""
    for link in (LINK, LONGEST_LINK):
        code = compose_code(link)
        exact, taller = code.render_mask(8), code.render_robust_mask(8)
        apart = ImageChops.difference(taller, exact)
        assert sum(apart.histogram()[255:]) > 2_000
        side = code.modules * 8
        middle = code.modules - 7
        corners = [(0, 0), (side - 56, 0), (0, side - 56)]
        guides = [(56, 48, side - 56, 56), (48, 56, 56, side - 56)]
        guides += [(x, y, x + 56, y + 7) for x, y in corners] + [(x, y, x + 7, y + 56) for x, y in corners]
        for box in [*guides, ((middle - 2) * 8, (middle - 2) * 8, (middle + 3) * 8, (middle + 3) * 8)]:
            assert apart.crop(box).getbbox() is None


def test_the_light_ring_in_each_corner_is_half_a_pixel_wider() -> None:
    """Across each corner: 8 dark, 8 light, one half, 22 dark, and back; a small card out of focus shows it as 1:1:3:1:1."""
    taller = compose_code(LINK).render_robust_mask(8)
    half = [255] * 8 + [0] * 8 + [128] + [255] * 11
    for x, y in ((0, 0), (taller.width - 56, 0), (0, taller.width - 56)):
        across = taller.crop((x, y + 28, x + 56, y + 29))
        down = taller.crop((x + 28, y, x + 29, y + 56))
        assert list(across.tobytes()) == list(down.tobytes()) == half + half[::-1]

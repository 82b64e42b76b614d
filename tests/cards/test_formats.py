"""The card in other formats: of their size, light, and still read."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image

from bot.assets import ASSETS
from bot.cards.studio import CardStudio
from bot.core.looks import CardLook
from bot.core.sharing import CardFormat
from tests.cards.samples import CARD_TEXTS, KIND_NAMES, LANGUAGES, LINK, LONGEST_LINK, THEMES, compose_long_text
from tests.thinning import thin, thin_pairs

FRAMED = (CardFormat.TALL, CardFormat.SQUARE)


def draw(studio: CardStudio, wanted: CardFormat, theme: str, at: int, link: str = LINK) -> Image.Image:
    """A card in a format, decoded; its bytes are few. Themes take turns in language."""
    text = replace(CARD_TEXTS[LANGUAGES[THEMES.index(theme) % 3]], look=CardLook(theme))
    jpeg = studio.render_format(text, wanted, name=KIND_NAMES[at % len(KIND_NAMES)], link=link)
    assert len(jpeg) <= 200_000
    picture = Image.open(BytesIO(jpeg))
    picture.load()
    return picture


@pytest.mark.parametrize(("theme", "wanted"), thin_pairs(THEMES, FRAMED, step=7))
def test_a_framed_card_is_read_from_a_phone(studio: CardStudio, theme: str, wanted: CardFormat) -> None:
    """Two readers read it at its own size, one of them also as 640 pixels wide and compressed once more."""
    for at, link in enumerate((LINK, LONGEST_LINK)):
        picture = draw(studio, wanted, theme, at, link)
        assert picture.size == wanted.size
        shown = BytesIO()
        picture.resize((640, 640 * picture.height // picture.width)).save(shown, "JPEG", quality=70)
        for seen in (picture, Image.open(shown)):
            assert [code.text for code in zxingcpp.read_barcodes(seen)] == [link]
        assert cv2.QRCodeDetector().detectAndDecode(np.asarray(picture.convert("L")))[0] == link


@pytest.mark.parametrize("theme", thin(THEMES, step=7))
def test_the_code_of_a_tall_card_is_where_no_app_puts_buttons(studio: CardStudio, theme: str) -> None:
    """Above it stay 250 pixels and below it 340, which stories cover with names and controls."""
    (code,) = zxingcpp.read_barcodes(draw(studio, CardFormat.TALL, theme, 0))
    assert code.position.top_left.y > 250
    assert code.position.bottom_left.y < 1920 - 340


@pytest.mark.parametrize("language", thin(LANGUAGES, 1))
def test_wide_words_stay_beside_the_card(studio: CardStudio, language: str) -> None:
    """However long brand, headline and offer are, the margins stay free; with a usual text the headline is large."""
    endless = compose_long_text(language, "sunrise")
    text = replace(CARD_TEXTS[language], brand=endless.brand, headline=endless.headline, offer=endless.offer)
    long = studio.render_format(text, CardFormat.WIDE, name="Anna", link=LINK, kept=False)
    picture = np.asarray(Image.open(BytesIO(long)).convert("RGB")).astype(int)
    assert picture.shape == (630, 1200, 3)
    for margin in (picture[:, :56], picture[:16, :640], picture[-16:, :640]):
        assert np.abs(margin - np.median(margin, axis=(0, 1))).max() < 60


@pytest.mark.parametrize("wanted", thin([*FRAMED, CardFormat.WIDE], 2))
def test_a_name_shows_in_every_format(studio: CardStudio, wanted: CardFormat) -> None:
    """Two members' pictures differ."""
    one, other = (studio.render_format(CARD_TEXTS["en"], wanted, name=name, link=LINK) for name in ("Anna", "Budi"))
    assert one != other


def test_a_text_of_ones_own_is_kept_for_nobody_else() -> None:
    """It takes no shared one's place among the templates."""
    opened: list[str] = []
    small = CardStudio(ASSETS, templates_kept=1, find_picture=opened.append)
    shared = replace(CARD_TEXTS["en"], look=CardLook("quiet", photo="shared"))
    for text, kept in ((shared, True), (replace(shared, story="My own words"), False), (shared, True)):
        opened.clear()
        small.render_format(text, CardFormat.SQUARE, name="Anna", link=LINK, kept=kept)
    assert opened == [], "its template is still there"

"""What comes out: JPEG bytes of the right size, quickly, whatever goes in."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bot.assets import ASSETS
from bot.cards.jpeg import ROW_PIXELS, encode_frame, render_jpeg
from bot.cards.qr import LinkTooLong
from bot.cards.shapes import Sheet
from bot.cards.studio import CardStudio, render_card_from_scratch
from bot.cards.template import Draft, Template, build_template, draw_draft
from bot.cards.theme_fonts import load_theme_fonts, load_typefaces
from bot.core.looks import CardLook
from tests.cards.looks import SHELF, list_looks
from tests.cards.samples import (
    CARD_TEXTS,
    HOSTILE_NAMES,
    KIND_NAMES,
    LANGUAGES,
    LINK,
    LONGEST_LINK,
    THEMES,
    compose_long_text,
)
from tests.thinning import thin, thin_pairs


def open_card(jpeg: bytes) -> Image.Image:
    """The picture of the bytes, read to its end."""
    image = Image.open(BytesIO(jpeg))
    image.load()
    return image


@cache
def draw(theme: str) -> Draft:
    """What is the same on all cards of the theme, in English."""
    return draw_draft(
        replace(CARD_TEXTS["en"], look=CardLook(theme)),
        load_theme_fonts(CardLook(theme), ASSETS, load_typefaces(ASSETS)),
    )


@cache
def build(theme: str) -> Template:
    """The theme's template in English."""
    return build_template(replace(CARD_TEXTS["en"], look=CardLook(theme)), draw(theme).theme_fonts)


@pytest.mark.parametrize(("theme", "language"), thin_pairs(THEMES, LANGUAGES, step=7))
def test_every_card_is_a_light_jpeg(studio: CardStudio, theme: str, language: str) -> None:
    """A card is a JPEG of 1024 x 1280 pixels and at most 98,000 bytes, for any name and the longest link."""
    face = replace(CARD_TEXTS[language], look=CardLook(theme))
    for name in (*KIND_NAMES, ""):
        jpeg = studio.render_card(face, name=name, link=LONGEST_LINK)
        assert (open_card(jpeg).format, open_card(jpeg).size) == ("JPEG", (1024, 1280))
        assert len(jpeg) <= 98_000


@pytest.mark.parametrize("theme", thin(THEMES, 1, step=7))
def test_too_many_words_do_not_make_a_card_heavy(theme: str) -> None:
    """Texts far longer than their places still give a card within the size."""
    language = LANGUAGES[THEMES.index(theme) % len(LANGUAGES)]
    jpeg = CardStudio(ASSETS).render_card(compose_long_text(language, theme), name="Anna", link=LINK)
    assert len(jpeg) <= 98_000


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=HOSTILE_NAMES.keys())
def test_any_name_gives_a_card(studio: CardStudio, name: str) -> None:
    """No name makes a card fail or heavy; what the costliest one takes is in the benchmark."""
    jpeg = studio.render_card(CARD_TEXTS["en"], name=name, link=LINK)
    assert open_card(jpeg).size == (1024, 1280)
    assert len(jpeg) <= 98_000


@pytest.mark.parametrize("theme", thin(THEMES, 5, step=7))
def test_name_and_code_stay_in_the_rows_that_are_encoded_anew(theme: str) -> None:
    """Between the template and any card nothing differs outside the rows that a card exchanges."""
    template = build(theme)
    for name in (*KIND_NAMES, HOSTILE_NAMES["zalgo"], ""):
        card = draw(theme).draw_card(name, LONGEST_LINK)
        touched = ImageChops.difference(card, draw(theme).picture).getbbox()
        assert touched is not None
        assert touched[1] >= template.first_row * ROW_PIXELS
        assert touched[3] <= template.last_row * ROW_PIXELS


@pytest.mark.parametrize("theme", thin(THEMES, 5, step=7))
def test_a_spliced_card_is_the_whole_card(theme: str) -> None:
    """Exchanging rows gives, byte for byte, what encoding the whole card gives."""
    template = build(theme)
    card = draw(theme).draw_card("Budi Santoso", LINK)
    assert template.render_card("Budi Santoso", LINK)() == render_jpeg(card, template.quality)
    assert encode_frame(card, template.quality).join() == render_jpeg(card, template.quality)


def test_from_scratch_gives_the_same_pixels() -> None:
    """The baseline of the benchmark draws the very card, as a PNG."""
    text = replace(CARD_TEXTS["en"], look=CardLook("salon"))
    png = Image.open(BytesIO(render_card_from_scratch(text, "Anna", LINK, ASSETS)))
    assert png.format == "PNG"
    assert ImageChops.difference(png, draw("salon").draw_card("Anna", LINK)).getbbox() is None


def test_a_nameless_card_differs_only_in_its_invitation(studio: CardStudio) -> None:
    """Without a name the phrase for it stands there, and names that nothing can draw give the same card."""
    nameless = studio.render_card(CARD_TEXTS["en"], name="", link=LINK)
    assert nameless == studio.render_card(CARD_TEXTS["en"], name=HOSTILE_NAMES["mongolian"], link=LINK)
    assert nameless != studio.render_card(CARD_TEXTS["en"], name="Anna", link=LINK)
    other_phrase = replace(CARD_TEXTS["en"], invited_without_name="Come along")
    assert nameless != studio.render_card(other_phrase, name="", link=LINK)


def test_a_link_too_long_to_scan_is_refused(studio: CardStudio) -> None:
    """A link that would make modules smaller than 5 pixels on a small screen raises instead."""
    with pytest.raises(LinkTooLong, match="120 bytes"):
        studio.render_card(CARD_TEXTS["en"], name="Anna", link="https://t.me/".ljust(120, "x"))


@pytest.mark.parametrize("look", thin(list_looks("noise"), step=9), ids=str)
def test_a_template_is_small(look: CardLook) -> None:
    """Six of them are kept: each takes 4 MB at most, with a photo too, its pixels and its JPEG together."""
    fonts = load_theme_fonts(look, ASSETS, load_typefaces(ASSETS), SHELF.get)
    template = build_template(replace(CARD_TEXTS["en"], look=look), fonts)
    fill = template.invitation.fill
    sheet = 4 * fill.picture.width * fill.picture.height if isinstance(fill, Sheet) else 0
    assert len(template.band) + len(template.frame.join()) + sheet <= 4_000_000


def test_a_heavy_name_makes_no_heavy_card() -> None:
    """A card that is too heavy beside the others is encoded as a whole, coarser, and still shows everything."""
    template = build("salon")
    heavy = replace(template, quality=95, frame=encode_frame(draw("salon").picture, 95))
    jpeg = heavy.render_card("Anna", LINK)()
    assert len(jpeg) <= 98_000
    shown = ImageChops.difference(open_card(jpeg), draw("salon").draw_card("Anna", LINK)).convert("L")
    assert sum(shown.histogram()[60:]) < 2_000

"""A card is looked at before members get it: its code is read back, and its words stand out."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image, ImageFilter

from bot.cards.checking import can_be_read, look_at_card
from bot.cards.template import build_template
from bot.core.looks import LAYOUTS, CardLook
from tests.cards.looks import STUDIO
from tests.cards.samples import CARD_TEXTS
from tests.thinning import thin

LINK = "https://t.me/a_bot_name_of_usual_length_bot?start=Zq8Kx0Wm3P-qr-999999"
LOOKS = [CardLook("sunrise", layout=layout, main=main) for layout in LAYOUTS for main in ("", "#ffff00", "#808080")]


def encode(picture: Image.Image) -> bytes:
    """As it is sent."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def test_a_code_that_is_read_back_is_sound() -> None:
    """The card as it is drawn; nobody else's link, no blur, nothing laid over the code."""
    card = STUDIO.render_card(CARD_TEXTS["en"], name="Putri", link=LINK)
    assert can_be_read(card, LINK)
    assert not can_be_read(card, LINK + "x")
    picture = Image.open(io.BytesIO(card))
    assert not can_be_read(encode(picture.filter(ImageFilter.GaussianBlur(9))), LINK)


def test_a_code_must_be_read_on_a_phones_small_picture_too() -> None:
    """What a reader finds on the card as it was sent, and not on what a chat shows of it, is not sound."""
    card = STUDIO.render_card(CARD_TEXTS["en"], name="Putri", link=LINK)
    small = Image.open(io.BytesIO(card)).resize((256, 320))
    wide = Image.new("RGB", (1024, 1280), "white")
    wide.paste(small, (0, 0))
    assert not can_be_read(encode(wide), LINK)


@pytest.mark.parametrize("look", thin(LOOKS, step=7), ids=str)
def test_the_programs_own_looks_stand_out(look: CardLook) -> None:
    """In colours that nobody could read as they are, too."""
    text = replace(CARD_TEXTS["en"], look=look)
    seen = STUDIO.look_at(text, name="Putri", link=LINK)
    assert min(seen.contrasts.values()) >= 4.4
    assert (seen.faint, seen.is_read) == ([], True)


def test_a_card_is_looked_at_as_coarse_as_it_is_sent() -> None:
    """A restless photo costs a card much of its quality, and the member's face a little more."""
    plain, restless = (CardLook("sunrise", layout="photo", photo=photo) for photo in ("white", "noise"))
    fine, coarse = (
        STUDIO.look_at(replace(CARD_TEXTS["en"], look=look), name="Putri", link=LINK) for look in (plain, restless)
    )
    sent = build_template(replace(CARD_TEXTS["en"], look=restless), STUDIO.get_fonts(restless))
    assert coarse.quality <= sent.quality < 43 < fine.quality
    assert coarse.is_read


def test_words_in_the_colour_of_their_ground_are_told() -> None:
    """Field by field."""
    text = CARD_TEXTS["en"]
    fonts = STUDIO.get_fonts(text.look)
    layout, palette = fonts.theme.layout, dict(fonts.theme.palette)
    palette[layout.words.first.colour] = palette["paper"]
    fonts = replace(fonts, theme=replace(fonts.theme, palette=palette))
    assert "headline" in look_at_card(text, fonts, name="Putri", link=LINK).faint


def test_a_code_in_the_colour_of_its_panel_is_told() -> None:
    """However well the rest is drawn."""
    text = CARD_TEXTS["en"]
    fonts = STUDIO.get_fonts(text.look)
    palette = dict(fonts.theme.palette) | {"code": fonts.theme.palette["panel"]}
    assert not look_at_card(
        text, replace(fonts, theme=replace(fonts.theme, palette=palette)), name="", link=LINK
    ).is_read

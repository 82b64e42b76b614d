"""A member's face beside the name: in every layout, within the size, and nowhere else on the card."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from bot.cards.faces import FACE_PIXELS, read_face
from bot.cards.invitation import prepare_invitation
from bot.cards.jpeg import MOST_BYTES
from bot.cards.template import draw_draft
from bot.core.face import KEPT_PIXELS
from bot.core.looks import LAYOUTS, CardLook
from bot.core.pictures import PictureMistake
from bot.core.sharing import CardFormat
from bot.playground.portraits import ANNA, BUDI, draw_portrait
from tests.cards.looks import SHELF, STUDIO, say
from tests.cards.pictures import compose_png, draw_noise, draw_photo, save, turn_by_exif
from tests.cards.samples import HOSTILE_NAMES, KIND_NAMES, LANGUAGES, list_random_links
from tests.cards.test_codes import read_with_opencv, read_with_zxing, shrink
from tests.thinning import thin

LONG_NAME = "Maximilian Alexander Featherstonehaugh"


def read(data: bytes) -> bytes:
    """A face that is taken."""
    face = read_face(data)
    assert isinstance(face, bytes)
    return face


FACES = [
    read(draw_portrait(ANNA)),
    read(draw_portrait(BUDI)),
    read(SHELF["photo"]),
    read(save(draw_noise(300, 300), "JPEG")),
]
LOOKS = [CardLook("sunrise", layout=layout, photo=photo) for layout in LAYOUTS for photo in ("", "photo")]


@pytest.mark.parametrize(("at", "look"), thin(enumerate(LOOKS), 4, step=7), ids=str)
def test_a_card_with_a_face_is_light_and_its_code_is_read(at: int, look: CardLook) -> None:
    """Whatever face it is: at most 98,000 bytes, and two readers read it as sent and small."""
    for n, link in enumerate(list_random_links(len(FACES), seed=len(repr(look)))):
        name = (*KIND_NAMES, LONG_NAME)[(n * 5) % 9]
        jpeg = STUDIO.render_card(say(look, LANGUAGES[at % 3]), name=name, link=link, face=FACES[n])
        sent = Image.open(BytesIO(jpeg))
        assert len(jpeg) <= MOST_BYTES
        for shown in (sent, shrink(sent))[n % 2 :]:
            assert read_with_zxing(shown) == [link]
            assert read_with_opencv(shown) == [link]


@pytest.mark.parametrize("look", thin(LOOKS, 1, step=6), ids=str)
def test_a_face_stays_in_the_place_of_the_invitation(look: CardLook) -> None:
    """Neither it nor the name beside it, however long, comes near the code or any words; without it nothing is there."""
    fonts = STUDIO.get_fonts(look)
    draft = draw_draft(say(look), fonts)
    left, top, right, bottom = fonts.theme.layout.invitation.bounds
    face = Image.open(BytesIO(FACES[3]))
    for name in ("Anna", "", LONG_NAME, HOSTILE_NAMES["wide"], HOSTILE_NAMES["arabic"], "王小明"):
        card = draft.picture.copy()
        draft.invitation.draw(card, name, face)
        drawn = ImageChops.difference(card, draft.picture).getbbox()
        assert drawn is not None
        assert drawn[0] >= left - 24
        assert drawn[2] <= right + 24
        assert drawn[1] >= top - 24
        assert drawn[3] <= bottom + 24


def test_a_long_name_gets_more_room_than_the_face() -> None:
    """The name is never cut for the face: that becomes smaller."""
    look = CardLook("sunrise", layout="bubble")
    invitation = prepare_invitation(say(look), STUDIO.get_fonts(look))
    assert [phrase.face_pixels for phrase in invitation.phrases] == [0, *FACE_PIXELS]
    small = invitation.phrases[-1]
    assert not invitation.fit_name(LONG_NAME, small).cut
    assert invitation.fit_name("Anna", invitation.phrases[1]).size >= invitation.pair.first.floor


def test_what_is_read_from_right_to_left_begins_with_the_face() -> None:
    """In a language that does, the face stands on the right."""
    look = CardLook("sunrise", layout="minimal")
    text = replace(say(look), invited_by="{name} تدعوك", invited_without_name="أنت مدعو")
    draft = draw_draft(text, STUDIO.get_fonts(look))
    plain, faced = draft.picture.copy(), draft.picture.copy()
    draft.invitation.draw(plain, "سارة")
    draft.invitation.draw(faced, "سارة", Image.new("RGB", (KEPT_PIXELS, KEPT_PIXELS), (0, 200, 0)))
    green = faced.crop((64, 752, 512, 952)).point(lambda value: 255 * (value > 150)).convert("RGB")
    columns = [x for x in range(green.width) if (0, 255, 0) in {green.getpixel((x, y)) for y in range(0, 200, 4)}]
    assert min(columns) > green.width - FACE_PIXELS[0]


@pytest.mark.parametrize("wanted", thin([CardFormat.TALL, CardFormat.SQUARE, CardFormat.WIDE], 1))
def test_every_format_shows_the_face(wanted: CardFormat) -> None:
    """The formats are made of the card: what is on it is on them."""
    text, link = say(CardLook("sunrise")), "https://t.me/kopitiga_bot?start=AbCdEf0123"
    plain, faced = (STUDIO.render_format(text, wanted, name="Anna", link=link, face=face) for face in (None, FACES[0]))
    assert plain != faced


def test_a_face_is_kept_small_upright_and_square() -> None:
    """Whatever shape it came in: 256 pixels a side, without metadata, the middle of it."""
    for data in (
        save(draw_photo(640, 200), "JPEG"),
        turn_by_exif(draw_photo(), 6),
        save(draw_photo(64, 64, mode="RGBA")),
    ):
        kept = Image.open(BytesIO(read(data)))
        assert kept.size == (KEPT_PIXELS, KEPT_PIXELS)
        assert (kept.format, kept.mode, dict(kept.getexif())) == ("JPEG", "RGB", {})


@pytest.mark.parametrize("data", [b"", b"<svg/>", compose_png(20_000, 20_000), save(Image.new("RGB", (8, 8)))])
def test_what_is_no_picture_is_no_face(data: bytes) -> None:
    """The limits are those of all pictures from outside."""
    assert isinstance(read_face(data), PictureMistake)


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_no_word_of_a_long_name_is_parted_for_the_face(look: CardLook) -> None:
    """What stands on one line without a face stands on one beside it."""
    invitation = prepare_invitation(say(look), STUDIO.get_fonts(look))
    plain, beside = (invitation.fit_name(LONG_NAME, invitation.phrases[at]) for at in (0, -1))
    parts = [{"".join(glyph.cluster for glyph in line) for line in setting.lines} for setting in (plain, beside)]
    assert all(any("Featherstonehaugh" in line for line in lines) for lines in parts)

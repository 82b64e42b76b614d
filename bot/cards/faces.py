"""A member's face: read once, under the limits of all untrusted pictures, and drawn round beside the name."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image

from bot.cards.photos import cut_photo, open_picture
from bot.cards.pictures import read_picture
from bot.cards.shapes import OVERSAMPLE, Colour, Pencil
from bot.core.face import KEPT_PIXELS
from bot.core.pictures import Picture, PictureMistake

FACE_PIXELS = (124, 92, 64)
"""Across, on a card of 1024 x 1280 pixels; the smaller ones leave more room to a long name."""
_RING, _QUALITY = 5, 88


def read_face(data: bytes) -> bytes | PictureMistake:
    """The face in an untrusted file as a square JPEG of 256 x 256 pixels, drawn anew; or why it is not taken."""
    taken = read_picture(data)
    if not isinstance(taken, Picture):
        return taken
    buffer = BytesIO()
    cut_photo(open_picture(taken.data), (KEPT_PIXELS, KEPT_PIXELS)).save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def draw_face(image: Image.Image, face: Image.Image, place: tuple[int, int], pixels: int, ring: Colour) -> None:
    """The face as a disc of so many pixels across with its top left at `place`, in a thin ring."""
    x, y = place
    inner = pixels - 2 * _RING
    image.paste(ring, (x, y), _cut_disc(pixels))
    small = face.resize((inner, inner), Image.Resampling.LANCZOS)
    image.paste(small, (x + _RING, y + _RING), _cut_disc(inner))


@cache
def _cut_disc(pixels: int) -> Image.Image:
    mask = Image.new("L", (pixels * OVERSAMPLE, pixels * OVERSAMPLE))
    Pencil(mask, (0, 0), OVERSAMPLE).disc((pixels / 2, pixels / 2), pixels / 2)
    return mask.reduce(OVERSAMPLE)

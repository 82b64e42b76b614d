"""Draws a person's words quickly: each letter is drawn once, kept, and stamped wherever it stands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from bot.cards.shapes import Fill, Point
from bot.cards.typefaces import load_font
from bot.cards.typesetting import Setting

_LETTERS_KEPT = 400  # about 3 MB

Stamp = tuple[Image.Image, int, int]
"""A mask and where its corner is, seen from the pen on the baseline."""


def stamp_text(image: Image.Image, setting: Setting, place: Point, fill: Fill, *, width: float, align: str) -> None:
    """A laid-out text with its capitals' top left at `place`, each line aligned within `width`."""
    for glyph, x, y in setting.place_glyphs(width, align):
        stamp = _draw_stamp(glyph.typeface.path, setting.size, glyph.cluster)
        _stamp_letter(image, stamp, (round(place[0] + x), round(place[1] + y)), fill)


def _stamp_letter(image: Image.Image, stamp: Stamp, pen: tuple[int, int], fill: Fill) -> None:
    mask, left, top = stamp
    place = (pen[0] + left, pen[1] + top)
    if isinstance(fill, Image.Image):
        image.paste(fill.crop((*place, place[0] + mask.width, place[1] + mask.height)), place, mask)
    else:
        image.paste(fill, place, mask)


@lru_cache(maxsize=_LETTERS_KEPT)
def _draw_stamp(path: Path, size: int, cluster: str) -> Stamp:
    font = load_font(path, size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(cluster, anchor="ls"))
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), cluster, 255, font, anchor="ls")
    return mask, left, top

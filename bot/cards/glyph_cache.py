"""Draws a person's words quickly: each letter is drawn once, kept, and copied to wherever it stands."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.cards.shapes import Fill, Point, fill_mask
from bot.cards.typefaces import open_font
from bot.cards.typesetting import Setting

_LETTERS_KEPT = 400  # about 3 MB
_FONTS_KEPT = 8

GlyphMask = tuple[Image.Image, int, int]
"""A mask and where its corner is, seen from the pen on the baseline."""


def draw_cached_text(
    image: Image.Image, setting: Setting, place: Point, fill: Fill, *, width: float, align: str
) -> None:
    """A laid-out text with its capitals' top left at `place`, each line aligned within `width`."""
    for glyph, x, y in setting.place_glyphs(width, align):
        mask, left, top = _draw_glyph(glyph.typeface.path, setting.size, glyph.cluster, glyph.direction)
        fill_mask(image, (round(place[0] + x) + left, round(place[1] + y) + top), fill, mask)


@lru_cache(maxsize=_FONTS_KEPT)
def _keep_font(path: Path, size: int, *, shaped: bool) -> ImageFont.FreeTypeFont:
    return open_font(path, size, shaped=shaped)


@lru_cache(maxsize=_LETTERS_KEPT)
def _draw_glyph(path: Path, size: int, cluster: str, direction: str | None) -> GlyphMask:
    font = _keep_font(path, size, shaped=direction is not None)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(cluster, anchor="ls", direction=direction))
    mask = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(mask).text((-left, -top), cluster, 255, font, anchor="ls", direction=direction)
    return mask, left, top

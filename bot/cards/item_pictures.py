"""A picture of something in the catalogue, by itself: as a chat shows it."""

from __future__ import annotations

from PIL import Image

from bot.cards.colours import WHITE
from bot.cards.jpeg import render_bounded_jpeg
from bot.cards.photos import open_picture

MOST_SIDE_PIXELS = 1024
"""A chat shows it no larger than a card."""


def render_item_picture(data: bytes) -> bytes:
    """A kept picture as JPEG, on white where it is transparent, at most 98,000 bytes."""
    picture = open_picture(data)
    picture.thumbnail((MOST_SIDE_PIXELS, MOST_SIDE_PIXELS), Image.Resampling.LANCZOS)
    if picture.mode != "RGB":
        ground, seen = Image.new("RGB", picture.size, WHITE), picture.convert("RGBA")
        ground.paste(seen, mask=seen)
        picture = ground
    return render_bounded_jpeg(picture)

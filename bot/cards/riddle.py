"""Signs to choose from, with their numbers, drawn in a process of its own: `python -m bot.cards.riddle < signs.json`.

Each sign lies a little askew and elsewhere in its field, so that no two pictures are alike.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.assets import ASSETS
from bot.cards.picture_canvas import CARD, PAPER, QUIET
from bot.cards.picture_canvas import read_colour as read

FIELD, GAP, COLUMNS = 236, 22, 3
"""Pixels of a field, between fields; fields in a row."""

TILT, DRIFT, SIGN = 18, 16, 150
"""Degrees and pixels by which a sign lies askew at most; its size."""

INKS = ("#2f7f79", "#b4493c", "#6a4c93", "#1d5fa8", "#a8641d")


def render_riddle(signs: Sequence[str], chance: random.Random) -> bytes:
    """The picture as PNG: three signs in a row, each with its number from 1."""
    rows = -(-len(signs) // COLUMNS)
    size = (COLUMNS * (FIELD + GAP) + GAP, rows * (FIELD + GAP) + GAP)
    picture = Image.new("RGB", size, PAPER)
    pencil = ImageDraw.Draw(picture)
    emoji = ImageFont.truetype(str(ASSETS / "fonts" / "noto-emoji-bold.ttf"), SIGN)
    digits = ImageFont.truetype(str(ASSETS / "fonts" / "jakarta-bold.ttf"), 40)
    for place, sign in enumerate(signs):
        left = GAP + place % COLUMNS * (FIELD + GAP)
        top = GAP + place // COLUMNS * (FIELD + GAP)
        pencil.rounded_rectangle((left, top, left + FIELD, top + FIELD), 26, fill=read(CARD))
        _place_sign(picture, sign, (left + FIELD // 2 + 12, top + FIELD // 2 + 10), emoji, chance)
        pencil.text((left + 20, top + 12), str(place + 1), font=digits, fill=read(QUIET))
    out = BytesIO()
    picture.save(out, format="png")
    return out.getvalue()


def _place_sign(
    picture: Image.Image, sign: str, middle: tuple[int, int], font: ImageFont.FreeTypeFont, chance: random.Random
) -> None:
    mask = Image.new("L", (FIELD, FIELD), 0)
    ImageDraw.Draw(mask).text((FIELD // 2, FIELD // 2), sign, font=font, fill=255, anchor="mm")
    turned = mask.rotate(chance.uniform(-TILT, TILT), Image.Resampling.BICUBIC)
    corner = tuple(each - FIELD // 2 + chance.randint(-DRIFT, DRIFT) for each in middle)
    picture.paste(Image.new("RGB", mask.size, read(chance.choice(INKS))), (corner[0], corner[1]), turned)


def main() -> None:
    """`signs` from standard input, the picture to standard output."""
    told = json.load(sys.stdin)
    sys.stdout.buffer.write(render_riddle(told["signs"], random.SystemRandom()))


if __name__ == "__main__":
    main()

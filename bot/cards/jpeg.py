"""JPEG bytes within the size that Telegram takes without throttling, of which only the changed part is encoded.

With a restart marker after each row of blocks, rows do not depend on each other: those that nobody's name or code touches
are encoded once, and the others are put between them. The result is byte for byte what encoding the whole picture gives.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from storage.frozen import frozen

MOST_BYTES = 98_000
"""Uploads above 100,000 bytes of equal size are throttled."""
BEST_QUALITY = 85
ROW_PIXELS = 16
"""Height of a row of blocks where colour is kept at half the resolution."""
_WORST_QUALITY = 9
_QUALITY_STEP = 2
_MARGIN_BYTES = 1_000  # how much more another name of usual length may weigh than the trial's
_START_OF_SCAN = b"\xff\xda"
_END_OF_IMAGE = b"\xff\xd9"
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


@frozen(kw_only=False)
class Frame:
    """An encoded picture taken apart: what precedes its rows, and the rows."""

    head: bytes
    rows: tuple[bytes, ...]

    def join(self) -> bytes:
        """The JPEG of the rows in this order."""
        marked = [row + bytes((0xFF, 0xD0 + at % 8)) for at, row in enumerate(self.rows[:-1])]
        return b"".join((self.head, *marked, self.rows[-1], _END_OF_IMAGE))

    def replace_rows(self, first: int, rows: Sequence[bytes]) -> Frame:
        """The picture with some of its rows exchanged."""
        return Frame(self.head, (*self.rows[:first], *rows, *self.rows[first + len(rows) :]))


def encode_frame(image: Image.Image, quality: int) -> Frame:
    """Encode a picture and take it apart."""
    jpeg = render_jpeg(image, quality)
    scan = jpeg.index(_START_OF_SCAN)
    start = scan + 2 + int.from_bytes(jpeg[scan + 2 : scan + 4], "big")
    return Frame(jpeg[:start], tuple(_RESTART.split(jpeg[start : -len(_END_OF_IMAGE)])))


def render_jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as JPEG. On Linux other threads go on meanwhile: Pillow releases the lock for real files only."""
    if not hasattr(os, "memfd_create"):
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality, restart_marker_rows=1)
        return buffer.getvalue()
    with os.fdopen(os.memfd_create("card"), "w+b", buffering=0) as file:
        image.save(file, "JPEG", quality=quality, restart_marker_rows=1)
        file.seek(0)
        return file.read()


def render_bounded_jpeg(image: Image.Image, best_quality: int = BEST_QUALITY, *, most_bytes: int = MOST_BYTES) -> bytes:
    """The picture as JPEG at the best quality up to the given one that stays within the size."""
    for quality in range(best_quality, _WORST_QUALITY, -_QUALITY_STEP):
        jpeg = render_jpeg(image, quality)
        if len(jpeg) <= most_bytes:
            return jpeg
    return render_jpeg(image, _WORST_QUALITY)


def choose_quality(trial: Image.Image) -> int:
    """The best quality at which nearly all pictures like this trial stay within the size."""
    qualities = range(BEST_QUALITY, _WORST_QUALITY, -_QUALITY_STEP)
    heavy = bisect_left(qualities, 1, key=lambda quality: _is_light(trial, quality))
    return qualities[heavy] if heavy < len(qualities) else _WORST_QUALITY


def _is_light(trial: Image.Image, quality: int) -> bool:
    return len(render_jpeg(trial, quality)) <= MOST_BYTES - _MARGIN_BYTES

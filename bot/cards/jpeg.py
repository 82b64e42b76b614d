"""JPEG bytes within the size that Telegram takes without throttling."""

from __future__ import annotations

import os
from io import BytesIO

from PIL import Image

MOST_BYTES = 98_000
"""Uploads above 100,000 bytes of equal size are throttled."""
BEST_QUALITY = 85
_WORST_QUALITY = 30
_QUALITY_STEP = 3
_MARGIN_BYTES = 2_500  # how much another code or name may weigh more than the trial's


def render_jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as JPEG. On Linux other threads go on meanwhile: Pillow releases the lock for real files only."""
    if not hasattr(os, "memfd_create"):
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return buffer.getvalue()
    with os.fdopen(os.memfd_create("card"), "w+b", buffering=0) as file:
        image.save(file, "JPEG", quality=quality)
        file.seek(0)
        return file.read()


def render_bounded_jpeg(image: Image.Image, quality: int) -> bytes:
    """The picture as JPEG of at most 98,000 bytes, at a lower quality if it must."""
    for tried in range(quality, _WORST_QUALITY, -_QUALITY_STEP):
        jpeg = render_jpeg(image, tried)
        if len(jpeg) <= MOST_BYTES:
            return jpeg
    return render_jpeg(image, _WORST_QUALITY)


def choose_quality(trial: Image.Image) -> int:
    """The best quality at which cards like this trial stay within the size."""
    qualities = range(BEST_QUALITY, _WORST_QUALITY, -_QUALITY_STEP)
    fitting = (quality for quality in qualities if len(render_jpeg(trial, quality)) <= MOST_BYTES - _MARGIN_BYTES)
    return next(fitting, _WORST_QUALITY)

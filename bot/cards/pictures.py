"""Pictures from outside: nothing of them is trusted, and what is kept has been drawn anew.

Memory is the measure. A picture is refused by what its first bytes say before any pixel is decoded, a large one is
reduced strip by strip, and a kind whose decoder holds the picture several times over may have fewer pixels.
"""

from __future__ import annotations

import re
from io import BytesIO
from math import isqrt

from PIL import Image, UnidentifiedImageError

from bot.core.pictures import (
    LEAST_SIDE_PIXELS,
    MOST_PICTURE_BYTES,
    MOST_SIDE_PIXELS,
    Picture,
    PictureMistake,
    PictureProblem,
)

KEPT_PHOTO_PIXELS, KEPT_LOGO_PIXELS = 1_600, 1_024
"""A side of what is kept at most: enough for a card and for an A5 sheet."""
MOST_DECODED_BYTES = 68_000_000
"""What decoding may take: a picture of 4,096 x 4,096 pixels, once."""

_BYTES_PER_PIXEL = {"PNG": 4, "WEBP": 20}
"""Of a WebP its library keeps the canvas twice, and the decoded picture is copied twice more."""
MOST_SCANS = 64
"""Of a JPEG: each may touch every pixel again. A progressive one as cameras and programs write it has about ten."""
_JPEG_QUALITY = 90
_STRIP_ROWS = 16
_REDUCED_PIXELS = 1_280
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by its EXIF orientation (CIPA DC-008, 4.6.4)."""
_JPEG_START = b"\xff\xd8\xff"
_JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")
"""What begins a part of a JPEG (ISO/IEC 10918-1, B.1.1.2): not what is escaped or only divides a scan."""
_START_OF_SCAN, _END_OF_IMAGE = b"\xda", b"\xd9"
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"eXIf"})
"""What of a PNG is read. Texts in it may unfold to megabytes that nobody asked for."""


class _Refused(Exception):
    def __init__(self, problem: PictureProblem, limit: int = 0, found: int = 0) -> None:
        super().__init__(problem)
        self.mistake = PictureMistake(problem, limit, found)


def read_picture(data: bytes) -> Picture | PictureMistake:
    """The picture in these bytes, drawn anew, or why it is not taken.

    PNG, JPEG or WebP, at most 5,000,000 bytes and 4,096 pixels a side; takes at most 80 MB of memory meanwhile.
    """
    try:
        return _encode(_read_upright(data))
    except _Refused as refused:
        return refused.mistake
    except Exception:  # noqa: BLE001 -- decoders raise nearly anything at what is broken
        return PictureMistake(PictureProblem.BROKEN)


def _read_upright(data: bytes) -> Image.Image:
    if not data:
        raise _Refused(PictureProblem.EMPTY)
    if len(data) > MOST_PICTURE_BYTES:
        raise _Refused(PictureProblem.TOO_HEAVY, MOST_PICTURE_BYTES, len(data))
    scans = _count_scans(data) if data.startswith(_JPEG_START) else 1
    if scans > MOST_SCANS:
        raise _Refused(PictureProblem.BROKEN)
    with _open(data) as image:
        _check_size(image, kept_whole=scans > 1)
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:  # a phone's JPEG may carry a second view
            raise _Refused(PictureProblem.ANIMATED)
        turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
        small = _shrink(image)
    return small if turn is None else small.transpose(turn)


def _open(data: bytes) -> Image.Image:
    plain = _strip_png(data) if data.startswith(_PNG_START) else data
    try:
        return Image.open(BytesIO(plain), formats=("PNG", "JPEG", "WEBP"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _Refused(PictureProblem.TOO_LARGE, MOST_SIDE_PIXELS) from None
    except UnidentifiedImageError:
        raise _Refused(_tell_unreadable(data)) from None


def _tell_unreadable(data: bytes) -> PictureProblem:
    """Broken where the first bytes promise a kind that is taken; else another kind of file."""
    promised = data.startswith((_PNG_START, _JPEG_START)) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    return PictureProblem.BROKEN if promised else PictureProblem.WRONG_KIND


def _strip_png(data: bytes) -> bytes:
    """A PNG without the chunks that nobody reads."""
    kept, at = [_PNG_START], len(_PNG_START)
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _PNG_CHUNKS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _count_scans(data: bytes) -> int:
    """How many times the pixels of a JPEG are gone through; of those beyond what is taken only some are counted."""
    at, scans = 2, 0
    while scans <= MOST_SCANS and (marker := _JPEG_MARKER.search(data, at)) and marker[1] != _END_OF_IMAGE:
        scans += marker[1] == _START_OF_SCAN
        at = marker.end() + int.from_bytes(data[marker.end() : marker.end() + 2], "big")
    return scans


def _check_size(image: Image.Image, *, kept_whole: bool) -> None:
    longest, shortest = max(image.size), min(image.size)
    if longest > MOST_SIDE_PIXELS:
        raise _Refused(PictureProblem.TOO_LARGE, MOST_SIDE_PIXELS, longest)
    if shortest < LEAST_SIDE_PIXELS:
        raise _Refused(PictureProblem.TOO_SMALL, LEAST_SIDE_PIXELS, shortest)
    most_pixels = MOST_DECODED_BYTES // _count_pixel_bytes(image, kept_whole=kept_whole)
    if image.width * image.height > most_pixels:
        raise _Refused(PictureProblem.TOO_LARGE, isqrt(most_pixels * longest // shortest), longest)


def _count_pixel_bytes(image: Image.Image, *, kept_whole: bool) -> int:
    """What decoding holds for each pixel, before a JPEG is reduced: one in several scans is kept whole, twice as wide."""
    if image.format in _BYTES_PER_PIXEL:
        return _BYTES_PER_PIXEL[image.format]
    if kept_whole or image.info.get("progressive"):
        return 2 * len(image.getbands()) + 1
    return 4


def _shrink(image: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA, no larger than what is kept."""
    image.draft(None, (_REDUCED_PIXELS, _REDUCED_PIXELS))
    image.load()
    mode = "RGBA" if image.has_transparency_data else "RGB"
    reduced = _reduce(image, mode, max(1, max(image.size) // _REDUCED_PIXELS))
    image.close()  # its pixels go now, not when the next ones lie beside them
    if mode == "RGBA" and reduced.getchannel("A").getextrema() == (255, 255):
        reduced = reduced.convert("RGB")
    most = KEPT_LOGO_PIXELS if reduced.mode == "RGBA" else KEPT_PHOTO_PIXELS
    reduced.thumbnail((most, most), Image.Resampling.LANCZOS)
    return reduced


def _reduce(image: Image.Image, mode: str, factor: int) -> Image.Image:
    """The picture with so many pixels made one each way, in strips: whole, it would lie in memory twice."""
    reduced = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, _STRIP_ROWS * factor):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP_ROWS * factor)))
        reduced.paste(_narrow(strip).convert(mode).reduce(factor), (0, top // factor))
    return reduced


def _narrow(strip: Image.Image) -> Image.Image:
    """Grey of 16 bits as grey of 8."""
    return strip.convert("I").point(lambda value: value * (1 / 257)).convert("L") if strip.mode[0] == "I" else strip


def _encode(image: Image.Image) -> Picture:
    clean, buffer = Image.new(image.mode, image.size), BytesIO()
    clean.paste(image)
    transparent = image.mode == "RGBA"
    if transparent:
        clean.save(buffer, "PNG", compress_level=4)
    else:
        clean.save(buffer, "JPEG", quality=_JPEG_QUALITY)
    return Picture(buffer.getvalue(), *image.size, transparent=transparent)

"""How Telegram takes a picture: limits, re-encoding as JPEG, several sizes."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from bot.playground.world.errors import bad_request
from bot.playground.world.files import FileStore, Photo, PhotoSize

MAX_BYTES = 10 * 1024 * 1024
MAX_SIDES = 10_000
MAX_RATIO = 20
SIDES = (90, 320, 800, 1280)
"""Longest side, in pixels, of the sizes kept; nothing is ever enlarged."""

_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP")
_QUALITY = 87  # what the apps use for the big size, about


def take_photo(store: FileStore, data: bytes) -> Photo:
    """Check an uploaded picture and keep it in all its sizes; ApiError where Telegram refuses it."""
    if len(data) > MAX_BYTES:
        raise bad_request("file is too big")
    width, height = _measure(data)
    _check_shape(width, height)
    sides = [side for side in SIDES if side < max(width, height)]
    sides.append(min(max(width, height), SIDES[-1]))
    sizes = tuple(_store_size(store, data, _fit(width, height, side)) for side in dict.fromkeys(sides))
    photo = Photo(sizes, data)
    store.register(photo)
    return photo


def _measure(data: bytes) -> tuple[int, int]:
    if not data:
        raise bad_request("file must be non-empty")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            size = picture.size
            picture.draft("L", (size[0] // 8 or 1, size[1] // 8 or 1))
            if sum(size) <= MAX_SIDES:
                picture.load()  # a JPEG at an eighth of its size: enough to see that it is whole
            return size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error


def _check_shape(width: int, height: int) -> None:
    if width + height > MAX_SIDES or max(width, height) > MAX_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _fit(width: int, height: int, side: int) -> tuple[int, int]:
    scale = side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _store_size(store: FileStore, data: bytes, size: tuple[int, int]) -> PhotoSize:
    file = store.store("photo", ".jpg", lambda: _encode(data, size))
    return PhotoSize(file, *size)


def _encode(data: bytes, size: tuple[int, int]) -> bytes:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        shown = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
        if shown.mode == "RGBA":  # Telegram puts white behind what is transparent
            shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
        if shown.size != size:
            shown = shown.resize(size, Image.Resampling.LANCZOS)
        out = BytesIO()
        shown.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()

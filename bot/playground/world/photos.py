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

PROFILE_SIDES = (160, 320, 640)
"""Sides of a profile photo, which is square; likewise."""

_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP")
_QUALITIES = (87, 80, 70, 55, 40, 25, 10)
"""The first is what the apps use for the big size, about; lower ones where that would be more than was declared."""
_THUMBNAIL_SIDE = 320
_LEAST_BYTES = 1200
_LEAST_A_PIXEL = 0.25
"""Room for the best quality where much has been made small: share cards of seven looks need 0.15 to 0.18 at 800 pixels, more at fewer."""


def take_photo(store: FileStore, data: bytes) -> Photo:
    """Check an uploaded picture and keep it in all its sizes; ApiError where Telegram refuses it."""
    if len(data) > MAX_BYTES:
        words = f"file of size {len(data)} bytes is too big for a photo"
        raise bad_request(f"{words}; the maximum size is {MAX_BYTES} bytes")
    width, height = _measure(data)
    _check_shape(width, height)
    sides = [side for side in SIDES if side < max(width, height)]
    sides.append(min(max(width, height), SIDES[-1]))
    sizes = tuple(_store_size(store, data, _fit(width, height, side)) for side in dict.fromkeys(sides))
    photo = Photo(sizes, data)
    store.register(photo)
    return photo


def take_profile_photo(store: FileStore, data: bytes) -> Photo:
    """Keep the middle square of a picture in the sizes of a profile photo; ApiError where Telegram refuses it."""
    _check_shape(*_measure(data))
    square = _cut_square(data)
    side = Image.open(BytesIO(square)).width
    sides = [each for each in PROFILE_SIDES if each < side] + [min(side, PROFILE_SIDES[-1])]
    photo = Photo(tuple(_store_size(store, square, (each, each)) for each in dict.fromkeys(sides)), data)
    store.register(photo)
    return photo


def _cut_square(data: bytes) -> bytes:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        return _save(picture.convert("RGB").crop((left, top, left + side, top + side)), _QUALITIES[0])


def make_thumbnail(store: FileStore, data: bytes) -> PhotoSize:
    """Keep a small copy of a picture; ApiError where it is none."""
    width, height = _measure(data)
    return _store_size(store, data, _fit(width, height, min(_THUMBNAIL_SIDE, max(width, height))))


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
    declared = _declare(data, size)
    file = store.store("photo", ".jpg", lambda: _encode(data, size, declared), declared=declared)
    return PhotoSize(file, *size)


def _declare(data: bytes, size: tuple[int, int]) -> int:
    """Say how many bytes a size will have, without drawing it: most are never looked at."""
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        share = size[0] * size[1] / (picture.size[0] * picture.size[1])
    return max(_LEAST_BYTES + int(size[0] * size[1] * _LEAST_A_PIXEL), int(len(data) * share))


def _encode(data: bytes, size: tuple[int, int], declared: int) -> bytes:
    with Image.open(BytesIO(data), formats=_FORMATS) as picture:
        shown = picture.convert("RGBA") if picture.has_transparency_data else picture.convert("RGB")
        if shown.mode == "RGBA":  # Telegram puts white behind what is transparent
            shown = Image.alpha_composite(Image.new("RGBA", shown.size, "white"), shown).convert("RGB")
        if shown.size != size:
            shown = shown.resize(size, Image.Resampling.LANCZOS)
        encoded = (_save(shown, quality) for quality in _QUALITIES)
        fitting = next((each for each in encoded if len(each) <= declared), None) or _save(shown, _QUALITIES[-1])
        return fitting.ljust(declared, b"\0")  # what stands behind the end of a JPEG nobody reads


def _save(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()

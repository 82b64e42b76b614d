"""Photos and logos on a card: which part shows, and how words on them stay legible."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from PIL import Image, ImageFilter

from bot.cards.colours import BLACK, SMALL_TEXT_CONTRAST, WHITE, compute_contrast, compute_luminance
from bot.cards.shapes import Bounds, Colour

_LOOK_PIXELS = 120
_CENTRE_WEIGHT = 0.25
_FOCUS = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
_WORST_SHARE = 0.05
_MARGIN = 1.12
"""What JPEG may take away again."""
_SAMPLES = (96, 64)
_FADE_PIXELS = 120
_LEAST_LOGO_CONTRAST = 2.4


def open_picture(data: bytes) -> Image.Image:
    """A kept picture, RGB or RGBA."""
    picture = Image.open(BytesIO(data))
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def cut_photo(photo: Image.Image, size: tuple[int, int], focus: str = "", *, seen: float = 1.0) -> Image.Image:
    """The photo at a size, its longer way cut where least is lost; `focus` says what of a tall one is kept.

    `seen` is the upper share of it on which no words will stand.
    """
    plain = _flatten(photo)
    width, height = plain.size
    scale = max(size[0] / width, size[1] / height)
    shown = (min(width, size[0] / scale), min(height, size[1] / scale))
    left, top = (
        spare * share
        for spare, share in zip(
            (width - shown[0], height - shown[1]), _choose_shares(plain, shown, focus, seen), strict=True
        )
    )
    box = (left, top, left + shown[0], top + shown[1])
    return plain.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _choose_shares(photo: Image.Image, shown: tuple[float, float], focus: str, seen: float) -> tuple[float, float]:
    """How much of what is cut away lies left of, and above, what is shown."""
    across, down = (shown[axis] / photo.size[axis] for axis in (0, 1))
    edges = photo.convert("L")
    edges.thumbnail((_LOOK_PIXELS, _LOOK_PIXELS), Image.Resampling.BOX)
    edges = edges.filter(ImageFilter.FIND_EDGES)
    columns = edges.crop((1, 1, edges.width - 1, edges.height - 1)).resize((edges.width, 1), Image.Resampling.BOX)
    rows = edges.crop((1, 1, edges.width - 1, edges.height - 1)).resize((1, edges.height), Image.Resampling.BOX)
    return (
        find_window(list(columns.tobytes()), across),
        _FOCUS[focus] if focus in _FOCUS else find_window(list(rows.tobytes()), down, seen=seen),
    )


def find_window(energies: list[int], share: float, *, seen: float = 1.0) -> float:
    """Where a window of this share of a row has most edges in its first part, the middle counting more: 0 first, 1 last."""
    length = max(1, min(len(energies), round(len(energies) * share)))
    places = len(energies) - length
    if not places:
        return 0.5
    total, counted = sum(energies) or 1, max(1, round(length * seen))

    def rate(start: int) -> float:
        off_centre = abs(start / places - 0.5) * 2
        return sum(energies[start : start + counted]) / total - _CENTRE_WEIGHT * (1 - share) * off_centre

    return max(range(places + 1), key=rate) / places


def shade(image: Image.Image, bounds: Bounds, lines: Iterable[Bounds], dark: Colour, ink: Colour) -> float:
    """Lay a dark veil over a place until ink can be read on the lightest twentieth of it, and of each line in it; fades out above.

    Returns how dense it became, 0 to 1.
    """
    edges = (find_light_edge(list_colours(_sample(image, place))) for place in (bounds, *lines))
    density = max(_find_density(edge, dark, ink) for edge in edges)
    _, top, _, bottom = (round(edge) for edge in bounds)
    fade = (
        Image.linear_gradient("L").resize((image.width, _FADE_PIXELS)).point([round(v * density) for v in range(256)])
    )
    veil = Image.new("L", (image.width, bottom - top + _FADE_PIXELS), round(255 * density))
    veil.paste(fade, (0, 0))
    image.paste(Image.new("RGB", veil.size, dark), (0, top - _FADE_PIXELS), veil)
    return density


def _sample(image: Image.Image, bounds: Bounds) -> Image.Image:
    left, top, right, bottom = (round(edge) for edge in bounds)
    place = (max(0, left), max(0, top), min(image.width, right), min(image.height, bottom))
    return image.crop(place).resize(_SAMPLES, Image.Resampling.NEAREST)


def list_colours(picture: Image.Image) -> list[Colour]:
    """The pixels of a picture, row by row."""
    raw = picture.convert("RGB").tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 3)]


def find_light_edge(colours: list[Colour]) -> Colour:
    """The colour than which only a twentieth of these is lighter."""
    return sorted(colours, key=compute_luminance)[int(len(colours) * (1 - _WORST_SHARE))]


def _find_density(worst: Colour, dark: Colour, ink: Colour) -> float:
    low, high = 0.0, 1.0
    for _ in range(8):
        middle = (low + high) / 2
        legible = compute_contrast(_blend(worst, dark, middle), ink) >= SMALL_TEXT_CONTRAST * _MARGIN
        low, high = (low, middle) if legible else (middle, high)
    return high


def _blend(colour: Colour, dark: Colour, density: float) -> Colour:
    red, green, blue = (round(value + (other - value) * density) for value, other in zip(colour, dark, strict=True))
    return red, green, blue


def fit_logo(logo: Image.Image, height: int, most_width: int) -> Image.Image:
    """The logo without empty edges, as large as there is room."""
    if logo.mode == "RGBA" and (edges := logo.getchannel("A").point(lambda alpha: 255 * (alpha > 16)).getbbox()):
        logo = logo.crop(edges)
    scale = min(height / logo.height, most_width / logo.width)
    size = (max(1, round(logo.width * scale)), max(1, round(logo.height * scale)))
    return logo.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def choose_chip(logo: Image.Image, ground: Image.Image) -> Colour | None:
    """What to lay under a see-through logo that would sink into this ground: white, black, or nothing where it stands out."""
    if logo.mode != "RGBA":
        return None
    inks, behind = _average(logo), _average(ground)
    if compute_contrast(inks, behind) >= _LEAST_LOGO_CONTRAST:
        return None
    return BLACK if compute_luminance(inks) > 0.35 else WHITE


def _average(picture: Image.Image) -> Colour:
    """The middle of what is solid."""
    raw = picture.convert("RGBA").resize((16, 16), Image.Resampling.BOX).tobytes()
    solid = [raw[at : at + 3] for at in range(0, len(raw), 4) if raw[at + 3] > 100] or [b"\x80\x80\x80"]
    red, green, blue = (round(sum(channel) / len(solid)) for channel in zip(*solid, strict=True))
    return red, green, blue


def _flatten(photo: Image.Image) -> Image.Image:
    """A see-through picture on white."""
    if photo.mode != "RGBA":
        return photo.convert("RGB")
    ground = Image.new("RGB", photo.size, WHITE)
    ground.paste(photo, (0, 0), photo)
    return ground

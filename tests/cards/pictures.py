"""Pictures as people send them, and two hundred that mean harm or are broken."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

PNG_START = b"\x89PNG\r\n\x1a\n"


def draw_photo(width: int = 640, height: int = 480, *, mode: str = "RGB") -> Image.Image:
    """A picture that is red on the left, blue on the right, and light at the top."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    pencil = ImageDraw.Draw(image)
    pencil.rectangle((width // 2, 0, width, height), fill=(30, 30, 200))
    pencil.rectangle((0, 0, width, height // 8), fill=(250, 250, 240))
    return image.convert(mode)


def save(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The picture as a file."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def compose_chunk(kind: bytes, body: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def compose_png(
    width: int,
    height: int,
    *chunks: bytes,
    depth: int = 8,
    colour: int = 2,
    interlaced: bool = False,
    body: bytes = b"",
) -> bytes:
    """A PNG whose first chunk says what it likes."""
    head = compose_chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, interlaced))
    data = compose_chunk(b"IDAT", zlib.compress(body))
    return b"".join((PNG_START, head, *chunks, data, compose_chunk(b"IEND", b"")))


def compose_text_bomb() -> bytes:
    """A small PNG with sixty texts that unfold to a megabyte each."""
    text = compose_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 1_000_000))
    rows = b"".join(b"\0" + b"\x40" * 3 * 64 for _ in range(64))
    return compose_png(64, 64, *[text] * 60, body=rows)


def turn_by_exif(image: Image.Image, orientation: int, kind: str = "JPEG") -> bytes:
    """The picture with a note that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(image, kind, exif=exif)


def compose_scans(side: int, times: int) -> bytes:
    """A progressive JPEG whose last scan is told again and again."""
    whole = save(draw_photo(side, side), "JPEG", progressive=True)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * times + whole[-2:]


def compose_planes(side: int) -> bytes:
    """A grey JPEG that tells its three colours one after the other, and so must be kept whole until the last."""
    head = save(Image.new("RGB", (8, 8)), "JPEG", subsampling=0)
    at = head.index(b"\xff\xc0") + 5
    head = head[:at] + struct.pack(">HH", side, side) + head[at + 4 : head.index(b"\xff\xda")]
    blocks = -((-side // 8) ** 2)
    scans = []
    for component, bits in ((1, "001010"), (2, "0000"), (3, "0000")):
        body = int(bits * 4, 2).to_bytes(len(bits) // 2, "big") * -(-blocks // 4)
        scans.append(b"\xff\xda\0\x08\1" + bytes([component, 0 if component == 1 else 0x11, 0, 63, 0]) + body)
    return head + b"".join(scans) + b"\xff\xd9"


def draw_noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """What no format can compress."""
    chance = random.Random(7)
    return Image.frombytes(mode, (width, height), chance.randbytes(width * height * len(mode)))


@cache
def list_unkind_pictures() -> tuple[tuple[str, bytes], ...]:
    """Two hundred files, each with a name: bombs, torn, of the wrong kind, huge, animated, odd in their modes."""
    return (*_list_bombs(), *_list_huge(), *list_light_pictures())


def list_light_pictures() -> tuple[tuple[str, bytes], ...]:
    """Those of them that are made, and looked at, in no time."""
    return (*_list_odd_kinds(), *_list_odd_modes(), *_list_torn(), *_list_scrambled())


def _list_bombs() -> Iterator[tuple[str, bytes]]:
    for side in (4_097, 9_000, 13_000, 20_000, 65_535, 2**31 - 1):
        yield f"bomb of {side}", compose_png(side, side, body=b"\0" * 4_000_000)
    for width, height in ((60_000, 40), (40, 60_000), (0, 10), (10, 0), (4_096, 4_097)):
        yield f"bomb of {width} x {height}", compose_png(width, height, body=b"\0" * 1_000)
    yield "promise without pixels", compose_png(4_096, 4_096)
    yield "texts", compose_text_bomb()
    yield "chunk longer than the file", PNG_START + struct.pack(">L", 2**31) + b"IHDR" + b"\0" * 40
    yield "profile", compose_png(64, 64, compose_chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 50_000_000)))
    yield "too heavy", save(draw_noise(1_400, 1_300))
    for times in (50, 500, 4_000):
        yield f"jpeg of {times} scans", compose_scans(2_700, times)
    yield "jpeg in planes", compose_planes(4_096)
    yield "jpeg in planes that fit", compose_planes(2_600)


def _list_huge() -> Iterator[tuple[str, bytes]]:
    flat = draw_photo(4_096, 4_096)
    yield "huge png", save(flat)
    yield "huge transparent png", save(flat.convert("RGBA"))
    yield "huge palette png", save(flat.convert("P"))
    yield "huge transparent palette png", save(flat.convert("P"), transparency=flat.convert("P").tobytes()[0])
    yield "huge grey png with alpha", save(flat.convert("LA"))
    yield "huge deep png", save(Image.new("I;16", (4_096, 4_096), 40_000))
    yield "huge jpeg", save(flat, "JPEG")
    yield "huge cmyk jpeg", save(flat.convert("CMYK"), "JPEG")
    yield "huge progressive jpeg", save(flat, "JPEG", progressive=True)
    yield "huge webp", save(flat, "WEBP", method=0)
    yield "wide jpeg", save(draw_photo(5_000, 300), "JPEG")
    yield "largest webp", save(draw_photo(1_840, 1_840).convert("RGBA"), "WEBP", method=0)
    yield "awkward png", save(draw_photo(3_839, 3_839).convert("RGBA"))


def _list_odd_kinds() -> Iterator[tuple[str, bytes]]:
    photo = draw_photo(120, 90)
    for kind in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "JPEG2000", "AVIF", "PDF"):
        yield kind, save(photo, kind)
    yield "animated gif", save(photo, "GIF", save_all=True, append_images=[photo.rotate(9)])
    for kind in ("PNG", "WEBP"):
        yield f"animated {kind}", save(photo, kind, save_all=True, append_images=[photo.rotate(9 * n) for n in (1, 2)])
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for brand in (b"heic", b"mif1", b"avif", b"mp42"):
        yield brand.decode(), b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + b"mif1" + b"\0" * 400
    yield "video as gif", b"GIF89a" + b"\0" * 300
    yield "html", b"<!doctype html><title>No picture</title>"
    yield "nothing", b""
    yield "one byte", b"\x89"
    yield "zeros", b"\0" * 10_000
    yield "zip", b"PK\3\4" + b"\0" * 400


def _list_odd_modes() -> Iterator[tuple[str, bytes]]:
    photo = draw_photo(320, 240)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        yield f"png {mode}", save(photo.convert("L").convert(mode) if mode == "I;16" else photo.convert(mode))
    for mode in ("L", "RGB", "CMYK"):
        yield f"jpeg {mode}", save(photo.convert(mode), "JPEG")
        yield f"progressive jpeg {mode}", save(photo.convert(mode), "JPEG", progressive=True)
    for orientation in range(10):
        yield f"jpeg turned {orientation}", turn_by_exif(photo, orientation)
    yield "jpeg with broken exif", save(photo, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    yield "jpeg with broken profile", save(photo, "JPEG", icc_profile=b"\0\0\2\x0c" + b"x" * 70_000)
    yield "png with broken profile", save(photo, icc_profile=b"no profile at all")
    yield "jpeg and a film behind it", save(photo, "JPEG") + draw_noise(900, 900).tobytes()
    yield "interlaced deep png", compose_png(1_200, 1_200, depth=16, colour=6, interlaced=True, body=b"\0" * 12_000_000)
    for side in (1, 2, 31, 32):
        yield f"png of {side}", save(Image.new("RGB", (side, side)))
        yield f"jpeg of {side}", save(Image.new("RGB", (side, side)), "JPEG")
        yield f"webp of {side}", save(Image.new("RGB", (side, side)), "WEBP")


def _list_torn() -> Iterator[tuple[str, bytes]]:
    for kind in ("PNG", "JPEG", "WEBP"):
        whole = save(draw_noise(160, 120), kind)
        for share in (0.002, 0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99):
            yield f"{kind} torn at {share}", whole[: int(len(whole) * share)]


def _list_scrambled() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(11)
    for n in range(99):
        kind = ("PNG", "JPEG", "WEBP")[n % 3]
        scrambled = bytearray(save(draw_photo(200, 150), kind))
        for _ in range(1 + n % 9):
            scrambled[chance.randrange(len(scrambled))] = chance.randrange(256)
        yield f"scrambled {kind} {n}", bytes(scrambled)

"""QR codes: the fewest modules that hold a link, and the first mask pattern that does not mislead readers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from PIL import Image, ImageChops, ImageDraw
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

from storage.frozen import frozen

MOST_MODULES = 41
"""Modules a side of the largest version on a screen."""
MOST_BYTES = 86
"""Telegram's longest link with a code, a source and a campaign has 79."""
QUIET_MODULES = 4
"""Around a code nothing may stand (ISO/IEC 18004, 6.3.8)."""
_ON_SCREENS = (ERROR_CORRECT_M, {3: 42, 4: 62, 5: 84, 6: 106})
"""How many bytes fit a version at level M (ISO/IEC 18004, table 7)."""
_ON_PAPER = (ERROR_CORRECT_Q, {4: 46, 5: 60, 6: 74, 7: 86})
"""Likewise at level Q, for what is scratched and gets wet."""
_MASK_PATTERNS = (1, 3, 0, 2)
_FINDER = re.compile(b"(?<!\1)(?=\1\0\1\1\1\0\1(?!\1))")
_FINDER_SHARES = (1 / 7, 1 / 7, 3 / 7, 1 / 7, 1 / 7)
_TOLERANCE = 0.2
_HALF_DARK = 128

_MAKE_CODE: Any = QRCode  # the library says nothing of its types
_MAKE_DATA: Any = QRData
Modules = list[list[bool]]


class LinkTooLong(ValueError):
    """A link that would make the modules of the code too small to read from a phone's screen."""


@frozen(kw_only=False)
class Code:
    """A QR code without quiet zone: one pixel a module."""

    pixels: Image.Image
    """Mode L: 255 where a module is dark."""

    @property
    def modules(self) -> int:
        """Modules a side."""
        return self.pixels.width

    def fit_module(self, room: int) -> int:
        """The most pixels a module can have where so many are for the code and its quiet zone."""
        return room // (self.modules + 2 * QUIET_MODULES)

    def render_mask(self, module_pixels: int) -> Image.Image:
        """A mask that is 255 on dark modules."""
        side = self.modules * module_pixels
        return self.pixels.resize((side, side), Image.Resampling.NEAREST)

    def render_robust_mask(self, module_pixels: int) -> Image.Image:
        """The same with what carries data a pixel taller above and below, and the light ring in each corner half a pixel wider.

        OpenCV takes the three places that are most like corners (dark and light as 1:1:3:1:1), and gives up where one of them is
        data, or a letter. Taller data is less like a corner; and where everything is small and out of focus dark spreads, which
        makes a light ring too thin that was not drawn wider. Of versions 3 to 6, which have one pattern of alignment.
        """
        exact = self.render_mask(module_pixels)
        width, height = exact.size
        above, below = exact.crop((0, 1, width, height + 1)), exact.crop((0, -1, width, height - 1))
        taller = ImageChops.lighter(exact, ImageChops.lighter(above, below))
        taller.paste(exact, (0, 0), _trace_guides(self.modules, module_pixels))
        _widen_light_rings(taller, module_pixels)
        return taller


def _widen_light_rings(mask: Image.Image, module_pixels: int) -> None:
    """Draw the outermost pixels of each corner's middle half as dark; of the dark ring as well, jsQR missed codes."""
    pencil, far = ImageDraw.Draw(mask), mask.width - 7 * module_pixels
    first, last = 2 * module_pixels, 5 * module_pixels - 1
    for left, top in ((0, 0), (far, 0), (0, far)):
        pencil.rectangle((left + first, top + first, left + last, top + last), outline=_HALF_DARK)


@cache
def _trace_guides(modules: int, module_pixels: int) -> Image.Image:
    """A mask of what readers find a code by: corners, timing and alignment (ISO/IEC 18004, 6.3 and annex E)."""
    mask = Image.new("L", (modules * module_pixels,) * 2)
    far = modules - 8
    places = [(0, 0, 8, 8), (far, 0, 8, 8), (0, far, 8, 8), (0, 6, modules, 1), (6, 0, 1, modules)]
    for place in (*places, (modules - 9, modules - 9, 5, 5)):
        x, y, width, height = (value * module_pixels for value in place)
        mask.paste(255, (x, y, x + width, y + height))
    return mask


def compose_code(link: str, *, on_paper: bool = False) -> Code:
    """The QR code of a link of at most 86 bytes, for a screen or for paper. Raises LinkTooLong.

    On a screen nothing is scratched: the fewer modules there are, the less often a reader that looks askew misses one.
    """
    data = link.encode()
    if len(data) > MOST_BYTES:
        raise LinkTooLong(f"a link of {len(data)} bytes is too long for a card's QR code: {MOST_BYTES} at most")
    level, bytes_by_version = _ON_PAPER if on_paper else _ON_SCREENS
    version = next(version for version, most in bytes_by_version.items() if len(data) <= most)
    modules = _choose_modules(data, version, level)
    side = len(modules)
    return Code(Image.frombytes("L", (side, side), b"".join(map(bytes, modules)).replace(b"\1", b"\xff")))


def _choose_modules(data: bytes, version: int, level: int) -> Modules:
    """Trying all eight masks as the standard asks takes 5 ms; one in thirty codes needs a second of these."""
    for pattern in _MASK_PATTERNS:
        modules = _make_modules(data, version, level, pattern)
        if not has_false_finder(modules):
            break
    return modules


def _make_modules(data: bytes, version: int, level: int, pattern: int) -> Modules:
    maker = _MAKE_CODE(version=version, error_correction=level, border=0, mask_pattern=pattern)
    maker.add_data(_MAKE_DATA(data, mode=MODE_8BIT_BYTE), optimize=0)
    maker.make(fit=False)
    modules: Modules = maker.modules
    return modules


def has_false_finder(modules: Modules) -> bool:
    """Whether dark and light stand 1:1:3:1:1 both down and across somewhere besides the three corners.

    A simple reader (OpenCV's) then takes that place for a fourth corner and gives up, in 5 of 400 random codes.
    """
    end = len(modules) - 4
    corners = {(3, 3), (end, 3), (3, end)}
    rows = [bytes(row) for row in modules]
    for x, column in enumerate(zip(*modules, strict=True)):
        for match in _FINDER.finditer(bytes(column)):
            y = match.start() + 3
            if (x, y) not in corners and _is_finder_across(rows[y], x):
                return True
    return False


def _is_finder_across(row: bytes, x: int) -> bool:
    before, after = _measure_runs(row[x::-1]), _measure_runs(row[x:])
    if len(before) < 3 or len(after) < 3:
        return False
    middle = before[0] + after[0] - 1
    runs = (before[2], before[1], middle, after[1], after[2])
    off_centre = abs(sum(before[:3]) - sum(after[:3]))
    distance = sum(abs(run / sum(runs) - share) for run, share in zip(runs, _FINDER_SHARES, strict=True))
    return off_centre <= 1 and distance < _TOLERANCE


def _measure_runs(row: Sequence[int]) -> list[int]:
    """Lengths of the first three runs: dark, light, dark."""
    lengths = [0]
    for at, module in enumerate(row):
        if at and module != row[at - 1]:
            lengths.append(0)
        if len(lengths) > 3:
            break
        lengths[-1] += 1
    return lengths[:3]

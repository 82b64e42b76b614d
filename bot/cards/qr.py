"""QR codes: error correction Q, a version by the link's length, one fixed mask pattern."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PIL import Image
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_8BIT_BYTE, QRData

QUIET_MODULES = 4
_MASK_PATTERN = 2
_MAKE_CODE: Any = QRCode  # the library says nothing of its types
_MAKE_DATA: Any = QRData
_BYTES_BY_VERSION = {4: 46, 5: 60, 6: 74, 7: 86}
"""How many bytes fit a version at level Q (ISO/IEC 18004, table 7)."""


class LinkTooLong(ValueError):
    """A link that would make the modules of the code too small to read from a phone's screen."""


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code without quiet zone: one pixel a module, black for dark."""

    pixels: Image.Image
    """Mode L: 255 where a module is dark."""

    @property
    def modules(self) -> int:
        """Modules a side."""
        return self.pixels.width

    def render_mask(self, module_pixels: int) -> Image.Image:
        """A mask that is 255 on dark modules."""
        side = self.modules * module_pixels
        return self.pixels.resize((side, side), Image.Resampling.NEAREST)


def compose_code(link: str) -> Code:
    """The QR code of a link of at most 86 bytes; Telegram's longest with a code and a source have 79."""
    data = link.encode()
    version = next((version for version, most in _BYTES_BY_VERSION.items() if len(data) <= most), None)
    if version is None:
        raise LinkTooLong(f"a link of {len(data)} bytes is too long for a card's QR code: 86 at most")
    maker = _MAKE_CODE(version=version, error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=_MASK_PATTERN)
    maker.add_data(_MAKE_DATA(data, mode=MODE_8BIT_BYTE), optimize=0)
    maker.make(fit=False)
    modules: list[list[bool]] = maker.modules
    side = len(modules)
    dark = b"".join(map(bytes, modules)).replace(b"\1", b"\xff")
    return Code(Image.frombytes("L", (side, side), dark))

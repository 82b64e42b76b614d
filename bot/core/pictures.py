"""Pictures of the shop: what is kept of one, and why another is not taken."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from storage.frozen import frozen

MOST_PICTURE_BYTES = 5_000_000
MOST_SIDE_PIXELS = 4_096
"""Four times as wide as a card: whatever is larger was not made for one."""
LEAST_SIDE_PIXELS = 32
"""A monogram's disc is 64 pixels wide; a smaller logo would be a smear."""


class PictureProblem(StrEnum):
    """Why a picture is not taken."""

    EMPTY = "empty"
    TOO_HEAVY = "too_heavy"
    """More bytes than `most`."""
    TOO_LARGE = "too_large"
    """More pixels a side than `most`, or than can be read of this kind with the memory there is."""
    TOO_SMALL = "too_small"
    """Fewer pixels a side than `most` says must be there."""
    WRONG_KIND = "wrong_kind"
    """Neither PNG nor JPEG nor WebP."""
    ANIMATED = "animated"
    BROKEN = "broken"
    """It ends too early, or says what cannot be."""


@frozen(kw_only=False)
class PictureMistake:
    """A picture that is not taken: the limit it breaks, and by what."""

    problem: PictureProblem
    limit: int = 0
    """Bytes or pixels a side; 0 where the problem has no number."""
    found: int = 0


@dataclass(frozen=True)
class Picture:
    """A still picture as it is kept: upright, 8 bits a channel, without metadata."""

    data: bytes
    """JPEG, or PNG where parts of it are transparent."""
    width: int
    height: int
    transparent: bool = False

    @cached_property
    def sha256(self) -> str:
        """By what it is known, in hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def media_type(self) -> str:
        """For whoever serves it."""
        return "image/png" if self.transparent else "image/jpeg"

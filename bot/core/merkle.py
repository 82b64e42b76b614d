"""A log that can prove it only grew: the tree hash of RFC 6962, section 2.1, over leaves as they come.

Of a log of n leaves no more than log2(n) + 1 hashes are kept: the roots of its full subtrees, biggest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

HASH_LENGTH = 32
"""Bytes of SHA-256."""

_LEAF, _NODE = b"\x00", b"\x01"


def hash_leaf(content: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(_LEAF + content).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(_NODE + left + right).digest()


class Frontier:
    """What a log must remember of itself to go on growing.

    Args:
        size: How many leaves it has.
        peaks: Roots of the full subtrees they make, one for each bit of `size`, biggest first.

    Raises:
        ValueError: a log of this size has another number of them.
    """

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self._peaks = list(peaks)
        self.size = size
        if len(self._peaks) != size.bit_count() or any(len(peak) != HASH_LENGTH for peak in self._peaks):
            raise ValueError(f"{len(self._peaks)} peaks are not those of {size} leaves")

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """Roots of the full subtrees, biggest first."""
        return tuple(self._peaks)

    def append(self, content: bytes) -> None:
        """Add an entry."""
        peak, full = hash_leaf(content), self.size
        while full & 1:
            peak = hash_node(self._peaks.pop(), peak)
            full >>= 1
        self._peaks.append(peak)
        self.size += 1

    def compute_root(self) -> bytes:
        """The head of the log as it is now."""
        if not self._peaks:
            return sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = hash_node(peak, root)
        return root

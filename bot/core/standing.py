"""Cutting a long list into pages."""

from __future__ import annotations

from storage.frozen import frozen

PAGE_SIZE = 8


@frozen(kw_only=False)
class Page:
    """One page, counted from 0; `number` is always within `0 … count - 1`."""

    number: int
    count: int
    size: int = PAGE_SIZE

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return self.number * self.size


def compute_page(wanted: int, total: int, size: int = PAGE_SIZE) -> Page:
    """The wanted page of `total` rows, or the nearest one that exists."""
    count = max(1, -(-total // size))
    return Page(min(max(wanted, 0), count - 1), count, size)

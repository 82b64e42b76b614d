"""Cutting a long list into pages."""

from __future__ import annotations

from storage.frozen import frozen

PAGE_SIZE = 8

MOST_LISTED = 400
"""Of a member's friends, points and grants so many can be leafed through, so that no page costs more for whoever has very many."""


@frozen(kw_only=False)
class Page:
    """One page, counted from 0; `number` is always within `0 … count - 1`."""

    number: int
    count: int
    size: int = PAGE_SIZE
    is_cut: bool = False
    """There is more than can be leafed through, and this is the last page of it."""

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return self.number * self.size


def compute_page(wanted: int, total: int, size: int = PAGE_SIZE) -> Page:
    """The wanted page of `total` rows, or the nearest one that exists; of more than `MOST_LISTED` it is enough to know that."""
    count = max(1, -(-min(total, MOST_LISTED) // size))
    number = min(max(wanted, 0), count - 1)
    return Page(number, count, size, total > MOST_LISTED and number == count - 1)

"""Values under the names of their columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def name_values(names: Iterable[str], values: Iterable[object]) -> dict[str, Any]:
    """Return each value under the name that stands in its place.

    Raises:
        ValueError: there are more names than values, or fewer.
    """
    return dict(zip(names, values, strict=True))

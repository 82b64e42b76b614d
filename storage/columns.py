"""Values under the names of their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

pair_names: Callable[[Iterable[str], Iterable[object]], Iterable[tuple[str, Any]]] = partial(zip, strict=True)
"""Each name with the value in its place; raises `ValueError` where there are more names than values, or fewer."""

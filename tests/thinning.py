"""Parameters by the dozen: some are tried by `make test`, the rest by `make long`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest


def thin(values: Iterable[object], first: int = 0, *, step: int = 3) -> list[object]:
    """Every so many of them from the first on as they are, the others marked `long`; a tuple is a set of arguments."""
    return [
        value
        if number % step == first
        else pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.long)
        for number, value in enumerate(values)
    ]

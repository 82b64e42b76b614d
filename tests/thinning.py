"""Parameters by the dozen: some are tried by `make test`, the rest by `make long`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

ENGINES = ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])]
"""Both, of which `make test` tries one."""

LONG_ON_POSTGRES = pytest.mark.parametrize("store_url", ENGINES, indirect=True)
"""An empty database on each engine in turn; for what takes long, one of them is enough for `make test`."""

EMPTY_LONG_ON_POSTGRES = pytest.mark.parametrize("empty_store_url", ENGINES, indirect=True)
"""The same for one without any tables."""

BOTH_ENGINES = pytest.mark.parametrize(
    "store_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
"""An empty database on each engine in turn, in `make test` as well: where several write at once, or the engines differ."""


def thin(values: Iterable[object], first: int = 0, *, step: int = 3) -> list[object]:
    """Every so many of them from the first on as they are, the others marked `long`; a tuple is a set of arguments."""
    return [value if number % step == first else leave_to_long(value) for number, value in enumerate(values)]


def thin_pairs(firsts: Iterable[object], seconds: Iterable[object], *, step: int = 3) -> list[object]:
    """All with all, of which every so many are as they are: each of either is tried with some of the other, if there are `step` of it."""
    with_each = list(seconds)
    return [
        (one, other) if (row + column) % step == 0 else leave_to_long((one, other))
        for row, one in enumerate(firsts)
        for column, other in enumerate(with_each)
    ]


def leave_to_long(value: object) -> object:
    """A parameter, or a tuple of several, that `make long` alone tries."""
    return pytest.param(*(value if isinstance(value, tuple) else (value,)), marks=pytest.mark.long)

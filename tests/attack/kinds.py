"""All kinds of attacks, by the family that they are of."""

from __future__ import annotations

from tests.attack import damage, flooding, forging, store_trouble, web_side

SHORT = sorted(
    (*forging.KINDS, *store_trouble.KINDS, *web_side.KINDS, *damage.KINDS),
    key=lambda kind: kind.number,
)
"""Whose short form is tried with every `make test`."""

ALL = (*flooding.KINDS, *SHORT)

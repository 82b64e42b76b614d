"""All kinds of attacks, by the family that they are of."""

from __future__ import annotations

from tests.attack import damage, flooding, web_side

SHORT = sorted((*web_side.KINDS, *damage.KINDS), key=lambda kind: kind.number)
"""Whose short form is tried with every `make test`."""

ALL = (*flooding.KINDS, *SHORT)

"""What a measurement gives: rows of one table."""

from __future__ import annotations

from typing import TypedDict


class Row(TypedDict):
    """One figure, and what was hoped for."""

    what: str
    value: float
    unit: str
    reach: str
    met: bool


def row(what: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> Row:
    """A figure against its reach."""
    reach = f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}" if at_most is not None else "-"
    met = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    return {"what": what, "value": round(value, 3), "unit": unit, "reach": reach, "met": met}

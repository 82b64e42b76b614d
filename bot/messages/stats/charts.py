"""The words and figures on a picture of figures and of who has most."""

from __future__ import annotations

from storage.frozen import frozen


@frozen
class ChartTexts:
    """Everything that is written on the chart, ready to read."""

    title: str
    figures: list[tuple[str, str]]
    """What is counted, and how much of it."""
    top_title: str
    top: list[tuple[str, int, str]]
    """Name, joins, joins as written; most first."""
    nameless: str
    """For a name of which no character can be drawn."""
    nobody: str
    """Where nobody has brought anyone yet."""

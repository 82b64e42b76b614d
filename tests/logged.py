"""What lines of the log tell an operator of, apart from the words around it."""

from __future__ import annotations

import pytest


def list_values(caplog: pytest.LogCaptureFixture, logger: str = "bot.") -> list[tuple[str, ...]]:
    """The values in each line of these loggers, as they are read; a line that is all words has none."""
    lines = (each.args for each in caplog.records if each.name.startswith(logger))
    return [tuple(map(str, values)) if isinstance(values, tuple) else () for values in lines]

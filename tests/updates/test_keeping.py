from __future__ import annotations

from typing import Any

import pytest

from bot.updates.raw_updates import MOST_LEVELS, MalformedUpdate, keep_any


def nest(levels: int, *, listed: bool) -> Any:
    """A number in so many lists or objects."""
    value: Any = 7
    for _ in range(levels):
        value = [value] if listed else {"in": value}
    return value


@pytest.mark.parametrize("listed", [True, False])
def test_what_lies_too_deep_is_refused(listed: bool) -> None:
    """What nests for ever ends a process that follows it, whether by lists or by objects."""
    deepest = nest(MOST_LEVELS, listed=listed)
    assert keep_any(deepest) == deepest
    with pytest.raises(MalformedUpdate):
        keep_any(nest(MOST_LEVELS + 1, listed=listed))

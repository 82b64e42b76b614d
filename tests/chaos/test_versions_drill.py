"""The roll-out with two real versions finds the older one, or says why there is none; `make chaos` plays it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.versions import NoHistoryError, find_older


def test_without_an_older_program_it_says_why(tmp_path: Path) -> None:
    """Its commit is not here, or it could not work in the tables as they are now."""
    with pytest.raises(NoHistoryError, match="does more than add"):
        find_older(may_stay=lambda _: False)
    with pytest.raises(NoHistoryError, match=r"the history of .*/versions/v.* is not here"):
        find_older(tmp_path, may_stay=lambda _: True)

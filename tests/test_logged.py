"""What is looked at of every line of the log, whichever test brings it there."""

from __future__ import annotations

import logging

import pytest

from tests.conftest import Mute
from tests.logged import list_values


def test_a_line_that_says_nothing_is_noticed() -> None:
    """One without words, one that is an error alone, and one that leaves out what it is about; whoever writes them is named."""
    mute, log = Mute(), logging.getLogger("oven.of.a.test")
    log.addHandler(mute)
    log.warning("The oven is cold")
    log.warning("The oven is cold: %s, %d degrees", "no wood", 7)
    log.warning("It is 100%% cold")
    assert mute.found == []
    log.warning(None)
    log.error(ValueError("no wood"))
    log.warning("The oven is cold: %s")
    assert len(mute.found) == 3
    assert [__file__ in each for each in mute.found] == [True] * 3
    assert "no wood" in mute.found[1]


def test_values_are_read_apart_from_their_words(caplog: pytest.LogCaptureFixture) -> None:
    """Of the loggers that are asked for, in order; a line that is all words has none."""
    for name, value in (("bot.oven", 7), ("bot.cellar", 8), ("aiohttp", 9)):
        logging.getLogger(name).warning("It is %d degrees", value)
    logging.getLogger("bot.oven").warning("It is cold")
    assert list_values(caplog) == [("7",), ("8",), ()]
    assert list_values(caplog, "bot.oven") == [("7",), ()]

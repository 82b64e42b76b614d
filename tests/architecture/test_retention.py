from __future__ import annotations

from bot.core.durations import DAY_SECONDS
from bot.core.retention import KEPT, Ends, compose_table
from storage.schema.everything import metadata
from tests.architecture.test_shape import ROOT

DOCUMENT = ROOT / "docs" / "retention.md"


def test_every_table_says_how_its_rows_end() -> None:
    """A new table is told in bot/core/retention.py before it is used, and a dropped one is taken out there."""
    assert KEPT.keys() == metadata.tables.keys()


def test_the_document_says_what_the_code_does() -> None:
    """The table in docs/retention.md is the one that bot.core.retention.compose_table makes: paste it there."""
    assert compose_table() in DOCUMENT.read_text(encoding="utf-8"), compose_table()


def test_updates_are_kept_for_repeats_and_no_longer_than_their_numbers_hold() -> None:
    """At least a day, since Telegram repeats updates so long; less than seven, after which it may use a number anew."""
    assert DAY_SECONDS <= KEPT["inbox"].days * DAY_SECONDS < 6 * DAY_SECONDS


def test_only_what_ends_by_time_has_days() -> None:
    """And a table that ends by time says what its days begin with."""
    assert all(not keeping.days for keeping in KEPT.values() if keeping.ends is not Ends.TIME)
    assert all(keeping.how for keeping in KEPT.values() if keeping.ends is Ends.TIME)

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.core.campaigns.announcing import compute_due
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.durations import SECOND
from tests.core.test_campaign import WELCOME, mistake_in, parse

BLOCK = '[announce]\ndigest = "{}"\n\n'


def write(word: str) -> str:
    """The campaign that ships, with this digest."""
    return WELCOME.replace("[points]", BLOCK.format(word) + "[points]", 1)


@pytest.mark.parametrize(
    ("digest", "zone", "now", "due"),
    [
        ("each", "UTC", "2026-03-01T10:20:30", None),
        ("hour", "UTC", "2026-03-01T10:20:30", "2026-03-01T11:00:00"),
        ("hour", "UTC", "2026-03-01T23:00:00", "2026-03-02T00:00:00"),
        ("hour", "Asia/Kolkata", "2026-03-01T10:59:59", "2026-03-01T11:00:00"),
        ("day", "Asia/Jakarta", "2026-03-01T17:59:59", "2026-03-01T18:00:00"),
        ("day", "Asia/Jakarta", "2026-12-31T18:00:00", "2027-01-01T18:00:00"),
        ("day", "Europe/Berlin", "2026-03-28T20:00:00", "2026-03-29T18:00:00"),
    ],
)
def test_a_digest_is_due_by_the_clock_of_the_shop(digest: str, zone: str, now: str, due: str | None) -> None:
    """With its next full hour, or at six in its evening, also over a night in which the clocks change."""
    there = ZoneInfo(zone)

    def at(said: str) -> int:
        return int(datetime.fromisoformat(said).replace(tzinfo=there).timestamp()) * SECOND

    assert compute_due(digest, at(now) + 5, there) == (0 if due is None else at(due))


@pytest.mark.parametrize("word", ["each", "hour", "day"])
def test_the_file_says_how_often(word: str) -> None:
    """It is kept, and written back as it was."""
    campaign = parse(write(word))
    assert campaign.announce.digest == word
    assert parse_content(compose_content(campaign)) == campaign
    assert f'digest = "{word}"' in compose_file(campaign, former=write(word))


def test_without_the_block_each_is_announced() -> None:
    """So do campaigns of earlier versions, whose content stays the same."""
    campaign = parse(WELCOME)
    assert campaign.announce.digest == "each"
    assert "announce" not in compose_content(campaign)


def test_another_word_is_told() -> None:
    """With those that there are, and with the line."""
    mistake = mistake_in(write("week"))
    assert all(f'"{word}"' in str(mistake) for word in ("week", "each", "hour", "day"))

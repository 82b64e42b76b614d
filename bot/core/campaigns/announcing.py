"""How often a shop's announce chat hears of friends: the block `[announce]` of its file, which may be left out."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.rules import LATER
from bot.core.durations import HOUR, SECOND
from storage.frozen import frozen

DAILY_HOUR = 18
"""Of the shop's clock: when the digest of a day is posted, while people still read."""
_BLOCK = ("announce",)


class Digest(StrEnum):
    """What is gathered into one post."""

    EACH = "each"
    """Nothing: whoever comes is announced at once."""
    HOUR = "hour"
    DAY = "day"


@frozen
class AnnounceRules:
    """What a shop wants its announce chat to hear."""

    digest: str = field(default=Digest.EACH.value, metadata=LATER)
    """A `Digest`, by its word."""


def take_announce(file: CampaignFile) -> AnnounceRules:
    """Read the block; what is left out is as `AnnounceRules` has it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    usual = AnnounceRules()
    if not file.holds(_BLOCK) or "digest" not in file.take_table(_BLOCK, ["digest"]):
        return usual
    return AnnounceRules(digest=file.attempt(usual.digest, file.take_choice, (*_BLOCK, "digest"), Digest))


def compute_due(digest: str, now: int, zone: tzinfo) -> int:
    """When what happens `now` is posted: with the shop's next full hour, or its next evening; 0 for at once."""
    local = datetime.fromtimestamp(now // SECOND, zone)
    if digest == Digest.HOUR:
        return now // SECOND * SECOND - (local.minute * 60 + local.second) * SECOND + HOUR
    if digest == Digest.DAY:
        day = local.date() + timedelta(days=local.hour >= DAILY_HOUR)
        return int(datetime(day.year, day.month, day.day, DAILY_HOUR, tzinfo=zone).timestamp()) * SECOND
    return 0

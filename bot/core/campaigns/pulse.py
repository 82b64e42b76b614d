"""When a shop asks its members how it was, and how often for a share: the blocks `[pulse]` and `[asks]` of its file."""

from __future__ import annotations

from dataclasses import field, fields

from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.rules import DAYS_LIMIT, LATER
from storage.frozen import frozen

_PULSE, _ASKS = ("pulse",), ("asks",)


@frozen
class PulseRules:
    """When members are asked how it was, and for how long whoever is displeased is left in peace."""

    after_days: int = field(default=3, metadata=LATER)
    """So many days after their start they are asked for the first time."""
    every_days: int = field(default=30, metadata=LATER)
    """Nobody is asked again before so many days have gone by."""
    rest_days: int = field(default=30, metadata=LATER)
    """For so long nobody who was displeased is asked to share, or is sent an offer."""


@frozen
class AskRules:
    """How often a member is asked to share, whatever the reason."""

    every_days: int = field(default=30, metadata=LATER)
    """At most once in so many days."""


def take_pulse(file: CampaignFile) -> PulseRules | None:
    """Read the block; what is left out of it is as `PulseRules` has it, and without the block nobody is asked.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    return PulseRules(**_take_days(file, _PULSE, PulseRules)) if file.holds(_PULSE) else None


def take_asks(file: CampaignFile) -> AskRules:
    """Read the block; what is left out is as `AskRules` has it.

    Raises:
        CampaignMistake: likewise.
    """
    return AskRules(**_take_days(file, _ASKS, AskRules)) if file.holds(_ASKS) else AskRules()


def _take_days(file: CampaignFile, block: tuple[str], kind: type[PulseRules | AskRules]) -> dict[str, int]:
    names, usual = [each.name for each in fields(kind)], kind()
    given, take = file.take_table(block, names), file.take_whole_number
    return {
        name: file.attempt(getattr(usual, name), take, (*block, name), DAYS_LIMIT) for name in names if name in given
    }

"""How a campaign looks at friends who come: the block `[fairness]` of its file, which may be left out."""

from __future__ import annotations

from dataclasses import field, fields
from enum import StrEnum

from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.rules import DAYS_LIMIT, LATER
from bot.core.durations import DAY
from storage.frozen import frozen

RISK_LIMIT = 1_000
"""The highest threshold that can be set: all signals together stay far below."""

_BLOCK = ("fairness",)
_MAY_BE_NEVER = ("refuse_at", "captcha_at")


class AtDeadline(StrEnum):
    """What comes of a friend about whom nobody decided in time."""

    PAY = "pay"
    VOID = "void"


@frozen
class Fairness:
    """From which risk on what is done, and for how long somebody is looked at."""

    watch: bool = field(default=True, metadata=LATER)
    """Whether anybody is looked at."""
    hold_at: int = field(default=60, metadata=LATER)
    """From this risk on people look first."""
    refuse_at: int = field(default=120, metadata=LATER)
    """From this risk on nobody has to look; 0 for never."""
    captcha_at: int = field(default=0, metadata=LATER)
    """From this risk on a friend is asked to show that they are a person; 0 for never."""
    check_days: int = field(default=7, metadata=LATER)
    """For so long a friend is looked at at most."""
    at_deadline: str = field(default=AtDeadline.PAY, metadata=LATER)
    """What comes then."""

    def compute_deadline(self, now: int) -> int:
        """Until when somebody is looked at who is looked at from now on."""
        return now + self.check_days * DAY


def take_fairness(file: CampaignFile) -> Fairness:
    """Read the block; what is left out is as `Fairness` has it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return Fairness()
    given, usual, attempt = file.take_table(_BLOCK, [each.name for each in fields(Fairness)]), Fairness(), file.attempt
    numbers = {name: _take_risk(file, given, name, getattr(usual, name)) for name in ("hold_at", *_MAY_BE_NEVER)}
    days, deadline = (*_BLOCK, "check_days"), (*_BLOCK, "at_deadline")
    return Fairness(
        **numbers,
        watch=attempt(usual.watch, file.take_yes_no, (*_BLOCK, "watch")) if "watch" in given else usual.watch,
        check_days=attempt(usual.check_days, file.take_whole_number, days, DAYS_LIMIT)
        if "check_days" in given
        else usual.check_days,
        at_deadline=attempt(usual.at_deadline, file.take_choice, deadline, AtDeadline)
        if "at_deadline" in given
        else usual.at_deadline,
    )


def _take_risk(file: CampaignFile, given: dict[str, object], name: str, usual: int) -> int:
    if name in _MAY_BE_NEVER and given.get(name) == 0 and type(given[name]) is int:
        return 0
    return file.attempt(usual, file.take_whole_number, (*_BLOCK, name), RISK_LIMIT) if name in given else usual

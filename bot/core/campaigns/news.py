"""How often and at which hours a shop writes to its members: the block `[news]` of its file, which may be left out."""

from __future__ import annotations

import re
from dataclasses import field, fields

from bot.core.broadcasts.windows import Hours
from bot.core.campaigns.file import CampaignFile
from bot.core.campaigns.rules import LATER
from storage.frozen import frozen

PER_WEEK_LIMIT = 50
_BLOCK = ("news",)
_QUIET = re.compile(r"(\d{1,2}) ?[-\u2013] ?(\d{1,2})")


@frozen
class NewsRules:
    """What a shop promises about its news."""

    quiet: str = field(default="", metadata=LATER)
    """`21-9`: the hours of a member's own clock at which no broadcast arrives; empty for none."""
    per_week: int = field(default=0, metadata=LATER)
    """So many broadcasts a member gets in seven days at most; 0 for no bound."""

    @property
    def loud(self) -> Hours | None:
        """The hours that are not quiet; None for all."""
        return read_quiet(self.quiet)


def read_quiet(said: str) -> Hours | None:
    """The hours outside of those that are said to be quiet; None for what names no hours."""
    found = _QUIET.fullmatch(said.strip())
    if found is None:
        return None
    begins, ends = int(found[1]) % 24, int(found[2]) % 24
    return Hours(opens=ends, closes=begins) if max(int(found[1]), int(found[2])) <= 24 and begins != ends else None


def take_news(file: CampaignFile) -> NewsRules:
    """Read the block; what is left out is as `NewsRules` has it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return NewsRules()
    given, usual, attempt = (
        file.take_table(_BLOCK, [each.name for each in fields(NewsRules)]),
        NewsRules(),
        file.attempt,
    )
    return NewsRules(
        quiet=attempt(usual.quiet, _take_quiet, file) if "quiet" in given else usual.quiet,
        per_week=attempt(usual.per_week, file.take_whole_number, (*_BLOCK, "per_week"), PER_WEEK_LIMIT)
        if "per_week" in given
        else usual.per_week,
    )


def _take_quiet(file: CampaignFile) -> str:
    path = (*_BLOCK, "quiet")
    said = file.take_text(path, 16, '"21-9"')
    if read_quiet(said) is None:
        raise file.mistake(path, f'"{said}" names no hours. Write from when until when it is quiet, like "21-9".')
    return said

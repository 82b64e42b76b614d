"""A campaign that is a queue: the `[waitlist]` block of its file."""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Any

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.reward_blocks import take_give
from bot.core.campaigns.rewards import Give, Rule
from bot.core.campaigns.rules import LATER
from bot.core.campaigns.words import take_words
from storage.frozen import frozen
from storage.records import Side

JUMP_LIMIT = 1_000
LET_IN_LIMIT = 10_000
"""So many are let in at once at most."""
NAME_LIMIT = 48

LET_IN = "let_in"
"""What has to happen for what being let in gives: no rule in the file can ask for it."""
RULE = "waitlist"
"""The key of that rule."""

_BLOCK = ("waitlist",)
_FIELDS = ("jump", "let_in", "on", "give", "name")


@frozen
class Waitlist:
    """Who comes first is let in first; friends who come move a member ahead."""

    jump: int
    """By how many places each friend does."""
    let_in: int = field(default=0, metadata=LATER)
    """How many are let in by themselves; 0 for none."""
    on: str = field(default="", metadata=LATER)
    """On which day where the shop is, like 2026-12-24."""
    give: Give | None = field(default=None, metadata=LATER)
    """What being let in gives; None for being let in alone."""
    name: dict[str, str] = field(default_factory=dict, metadata=LATER)
    """What that is called, by language; empty for what says it by itself."""

    @property
    def rule(self) -> Rule | None:
        """What being let in gives, as a rule of its own: it goes the way of all that is given."""
        if self.give is None:
            return None
        return Rule(key=RULE, when=LET_IN, who=Side.INVITER, give=self.give, name=self.name)


def take_waitlist(file: CampaignFile, languages: tuple[str, ...]) -> Waitlist | None:
    """Read the queue; None, where the file says nothing of one.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return None
    given, attempt = file.take_table(_BLOCK, _FIELDS), file.attempt
    for name, other in (("let_in", "on"), ("on", "let_in")):
        if name in given and other not in given:
            file.note((*_BLOCK, other), f"{name} needs {other}: so many are let in on that day.")
    return Waitlist(
        jump=attempt(1, file.take_whole_number, (*_BLOCK, "jump"), JUMP_LIMIT),
        let_in=attempt(0, file.take_whole_number, (*_BLOCK, "let_in"), LET_IN_LIMIT) if "let_in" in given else 0,
        on=attempt("", _take_day, file, (*_BLOCK, "on")) if "on" in given else "",
        give=attempt(None, take_give, file, (*_BLOCK, "give")) if "give" in given else None,
        name=attempt({}, take_words, file, (*_BLOCK, "name"), NAME_LIMIT, languages) if "name" in given else {},
    )


def list_waitlist_values(waitlist: Waitlist | None) -> dict[str, Any] | None:
    """As the file says it, but for its names; None for no queue."""
    if waitlist is None:
        return None
    give = waitlist.give
    return {
        "jump": waitlist.jump,
        "let_in": waitlist.let_in or None,
        "on": waitlist.on or None,
        "give": {str(give.kind): give.what or give.amount} if give is not None else None,
    }


def _take_day(file: CampaignFile, path: Path) -> str:
    value = file.take(path, f"{path[-1]} = 2026-12-24")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise file.mistake(path, f"this must be a day, like {path[-1]} = 2026-12-24") from None

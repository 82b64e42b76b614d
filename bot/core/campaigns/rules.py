"""The rules of a campaign, each of which may be left out of its file."""

from __future__ import annotations

import re
from dataclasses import field, fields

from bot.core.campaigns.file import CampaignFile
from storage.frozen import frozen

DAYS_LIMIT = 365

HELD_LIMIT = 50
"""Percent: whoever holds out more than half of the members asks nobody, and learns no more by it."""

WORDINGS = ("give", "get")
"""That somebody gives their friend something, or that the friend gets it."""

LATER = {"later": True}
"""Marks what a campaign did not have from the beginning: left out of its content where it is as usual, so that a newer
program makes no new version of what has not changed."""

_CHAT_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_CHAT_ID = re.compile(r"-?[1-9][0-9]{0,17}")
_CHAT_EXAMPLE = '"@my_group"'
_BLOCK = ("rules",)


@frozen
class Rules:
    """When a friend counts, and for how long what holds."""

    hold_days: int = 7
    """A friend who leaves the community chat again before that is no longer credited."""
    claim_days: int = 7
    """For how long a newcomer can say who recommended the shop."""
    pause_days: int = 14
    """After how long without a share a member is nudged."""
    grace_days: int = field(default=7, metadata=LATER)
    """After a campaign's end: for so long a link of it still brings what it promised."""
    hold_out_percent: int = field(default=0, metadata=LATER)
    """So many of a hundred members are never asked to share, so that one can see what asking brings; 0 for none."""
    try_stories: int = field(default=0, metadata=LATER)
    """The first so many stories take turns as the one a member is handed first; 0 for no trial. Begun in the chat alone."""
    wording: str = field(default="", metadata=LATER)
    """How the words under a card speak of what the friend gets: one of `WORDINGS`, or empty for plainly inviting."""
    try_wordings: bool = field(default=False, metadata=LATER)
    """Both wordings take turns. Begun in the chat alone."""
    credit_days: int | None = field(default=None, metadata=LATER)
    """For so long a friend who came can still come to count; None for ever."""
    community: int | str | None = None
    """The channel or group that friends are invited to: its id, or its name with an @."""
    join_community: bool = False
    """A friend counts only once in the community chat."""


def take_rules(file: CampaignFile) -> Rules:
    """Read the rules; what is left out is as `Rules` has it.

    Raises:
        CampaignMistake: at the first rule that cannot be.
    """
    if not file.holds(_BLOCK):
        return Rules()
    names = [each.name for each in fields(Rules) if each.name not in {"try_stories", "try_wordings"}]
    given, usual = file.take_table(_BLOCK, names), Rules()
    return Rules(
        hold_days=_take_days(file, given, "hold_days", usual.hold_days),
        claim_days=_take_days(file, given, "claim_days", usual.claim_days),
        pause_days=_take_days(file, given, "pause_days", usual.pause_days),
        grace_days=_take_days(file, given, "grace_days", usual.grace_days),
        hold_out_percent=file.attempt(0, file.take_whole_number, (*_BLOCK, "hold_out_percent"), HELD_LIMIT)
        if "hold_out_percent" in given
        else usual.hold_out_percent,
        wording=file.attempt("", file.take_choice, (*_BLOCK, "wording"), WORDINGS) if "wording" in given else "",
        credit_days=_take_days(file, given, "credit_days", 0) or None,
        community=file.attempt(None, _take_chat, file) if "community" in given else None,
        join_community="join_community" in given
        and file.attempt(usual.join_community, file.take_yes_no, (*_BLOCK, "join_community")),
    )


def parse_chat(text: str) -> int | str | None:
    """Read the id of a chat, or its name with an @; None for anything else."""
    if _CHAT_ID.fullmatch(text):
        return int(text)
    return text if _CHAT_NAME.fullmatch(text) else None


def _take_days(file: CampaignFile, given: dict[str, object], name: str, usual: int) -> int:
    return file.attempt(usual, file.take_whole_number, (*_BLOCK, name), DAYS_LIMIT) if name in given else usual


def _take_chat(file: CampaignFile) -> int | str:
    path = (*_BLOCK, "community")
    value = file.take(path, f"community = {_CHAT_EXAMPLE}")
    text = str(value) if type(value) is int else file.take_text(path, 64, _CHAT_EXAMPLE)
    chat = parse_chat(text)
    if chat is None:
        raise file.mistake(
            path, f'"{text}" is no chat. Write its name like {_CHAT_EXAMPLE}, or its number like -1001234567890.'
        )
    return chat

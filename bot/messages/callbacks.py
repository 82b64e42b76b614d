"""The data behind buttons: compact, typed, and never trusted on its way back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.campaigns.campaign import STORIES_LIMIT
from bot.core.claiming import CHOICES
from bot.core.languages import LANGUAGES

DATA_LIMIT = 64
"""Bytes that Telegram allows."""

_ID = 2**63 - 1
_DATA = re.compile(r"[a-z_]{1,20}(?::(?:0|[1-9][0-9]{0,18})){0,2}")


class Action(StrEnum):
    """What a tap asks for."""

    MENU = "menu"
    SHARE = "share"
    QR = "qr"
    MORE = "more"
    """The networks outside Telegram."""
    STORY = "story"
    """Argument, here and below: the story's place in the campaign. Turns the card."""
    SHARE_STORY = "share_story"
    """A fresh card with this story."""
    WORDS = "words"
    WORDS_KEEP = "words_keep"
    WORDS_DROP = "words_drop"
    WORDS_REMOVE = "words_remove"
    WORDS_STOP = "words_stop"
    """No argument: the member does not want to write after all."""
    INVITES = "invites"
    """Argument: the page, from 0."""
    REWARDS = "rewards"
    """Argument: the page, from 0."""
    TOP = "top"
    APPEAR = "appear"
    """Argument: 1 with a name in the ranking, 0 without."""
    LANGUAGE = "language"
    COMMUNITY = "community"
    SET_LANGUAGE = "set_language"
    """Argument: the place in LANGUAGES."""
    CLAIM = "claim"
    NOBODY = "nobody"
    """Nobody recommended the shop."""
    CLAIM_PICK = "claim_pick"
    """Arguments: which search it was, and the place among those it found."""
    NOT_ME = "not_me"
    """Argument: the referral that somebody claimed."""
    SPOKEN = "spoken"
    CHOOSE_SPOKEN = "choose_spoken"
    KEEP_SPOKEN = "keep_spoken"
    """The member does not want to choose after all."""
    FINDABLE = "findable"
    """Argument: 1 can be named by newcomers, 0 cannot."""
    REMIND = "remind"
    """Arguments: the referral of the friend, and the page it stands on."""
    NO_REMINDERS = "no_reminders"
    """Argument: the friend's own referral."""
    SHARE_AGAIN = "share_again"
    """The card with another story than the last one."""
    NUDGES = "nudges"
    """Argument: 1 may be nudged, 0 may not; from /privacy."""
    NO_NUDGES = "no_nudges"
    """From a nudge."""
    BROADCAST_CONFIRM = "bc_confirm"
    """Argument, here and below: the broadcast's id."""
    BROADCAST_PAUSE = "bc_pause"
    BROADCAST_RESUME = "bc_resume"
    BROADCAST_CANCEL = "bc_cancel"
    BROADCAST_UNKNOWN = "bc_unknown"
    BROADCAST_ABANDON = "bc_abandon"
    """No argument: the admin does not want to write after all."""


_STORY = (STORIES_LIMIT - 1,)
_HIGHEST: dict[Action, tuple[int, ...]] = {
    Action.STORY: _STORY,
    Action.SHARE_STORY: _STORY,
    Action.WORDS: _STORY,
    Action.WORDS_KEEP: _STORY,
    Action.WORDS_DROP: _STORY,
    Action.WORDS_REMOVE: _STORY,
    Action.INVITES: (_ID,),
    Action.REWARDS: (_ID,),
    Action.APPEAR: (1,),
    Action.SET_LANGUAGE: (len(LANGUAGES) - 1,),
    Action.CLAIM_PICK: (_ID, CHOICES - 1),
    Action.NOT_ME: (_ID,),
    Action.FINDABLE: (1,),
    Action.REMIND: (_ID, _ID),
    Action.NO_REMINDERS: (_ID,),
    Action.NUDGES: (1,),
    Action.BROADCAST_CONFIRM: (_ID,),
    Action.BROADCAST_PAUSE: (_ID,),
    Action.BROADCAST_RESUME: (_ID,),
    Action.BROADCAST_CANCEL: (_ID,),
    Action.BROADCAST_UNKNOWN: (_ID,),
}
"""The highest value of each argument; actions that are not here have none."""

_ACTIONS = {action.value: action for action in Action}


@dataclass(frozen=True, slots=True)
class Callback:
    """A tap on a button."""

    action: Action
    arguments: tuple[int, ...] = ()

    def encode(self) -> str:
        """The button's data, at most `DATA_LIMIT` bytes."""
        return ":".join([self.action, *map(str, self.arguments)])


def parse_callback(data: str) -> Callback | None:
    """What a tap asks for; None for anything that no button of ours says."""
    if not _DATA.fullmatch(data):
        return None
    name, *numbers = data.split(":")
    action, arguments = _ACTIONS.get(name), tuple(map(int, numbers))
    if action is None:
        return None
    highest = _HIGHEST.get(action, ())
    if len(arguments) != len(highest) or any(value > limit for value, limit in zip(arguments, highest, strict=True)):
        return None
    return Callback(action, arguments)

"""Ideas: what is one, how many somebody may have a day, and what the team can make of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from bot.core.durations import DAY
from bot.core.names import clean_text
from storage.idea import IdeaState

IDEA_LIMIT = 500
"""Code points; three of them and their buttons have room on a screen, and one under a picture."""
ANSWER_LIMIT = 300
"""Code points of what was done, or why not."""
EACH_DAY = 5
"""So many ideas of one member a day; who has more of them has them tomorrow."""
SHOWN = 3
"""Others' ideas on a page, each with a button."""
OWN_SHOWN = 3
ADOPTED_SHOWN = 5

CO_MAKER = "co-maker"
"""The label of who has thought of something that was done: rules and segments can ask for it."""

BEFORE: Mapping[IdeaState, frozenset[IdeaState]] = MappingProxyType(
    {
        IdeaState.THANKED: frozenset({IdeaState.OPEN}),
        IdeaState.CONSIDERED: frozenset({IdeaState.OPEN, IdeaState.THANKED}),
        IdeaState.DECLINED: frozenset({IdeaState.OPEN, IdeaState.THANKED, IdeaState.CONSIDERED}),
        IdeaState.ADOPTED: frozenset(
            {IdeaState.OPEN, IdeaState.THANKED, IdeaState.CONSIDERED, IdeaState.DECLINED},
        ),
    }
)
"""From where an idea can come to a state. What was declined may be done after all; what was done stays done."""

WORDED = frozenset({IdeaState.DECLINED, IdeaState.ADOPTED})
"""What the team says a line to: what was done, or why not."""


class Taking(Enum):
    """What came of an idea that somebody has sent."""

    TAKEN = auto()
    MANY = auto()
    """That was enough for a day."""


def clean_idea(text: str) -> str:
    """An idea as it is kept; empty where nothing visible remains."""
    return clean_text(text, limit=IDEA_LIMIT)


def clean_answer(text: str) -> str:
    """What the team says to one."""
    return clean_text(text, limit=ANSWER_LIMIT)


def decide_taken(lately: int) -> Taking:
    """Whether somebody may have another who has had so many within a day."""
    return Taking.TAKEN if lately < EACH_DAY else Taking.MANY


def compute_since(now: int) -> int:
    """From when on ideas are counted."""
    return now - DAY

"""What is told of ideas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice
from storage.idea import IdeaState
from storage.records import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaCame(Notice):
    """To whoever runs the shop: a member has thought of something. Its words stay where it is kept."""

    kind: ClassVar[str] = "idea_came"
    idea: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaAnswered(Notice):
    """To its author: what the shop makes of an idea."""

    kind: ClassVar[str] = "idea_answered"
    idea: int
    idea_state: IdeaState
    said: str
    """The idea, or how it begins."""
    answer: str = ""
    """What was done, or why not."""
    honoured: bool = False
    """Whether the author is a co-maker now."""
    asks: bool = False
    """Whether all may be told is still to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaAnnounced(Notice):
    """To the announce chat: what a member had thought of was done."""

    kind: ClassVar[str] = "idea_announced"
    person: PersonId
    answer: str

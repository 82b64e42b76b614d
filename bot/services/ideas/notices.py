"""What is told of ideas."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.idea import IdeaState
from storage.records import PersonId


@frozen
class IdeaCame(Notice):
    """To whoever runs the shop: a member has thought of something. Its words stay where it is kept."""

    kind: ClassVar[str] = "idea_came"
    idea: int


@frozen
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


@frozen
class IdeaAnnounced(Notice):
    """To the announce chat: what a member had thought of was done."""

    kind: ClassVar[str] = "idea_announced"
    person: PersonId
    answer: str

"""What members have thought of, and how far that has come."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

from storage.frozen import frozen
from storage.records import PersonId

IdeaId = NewType("IdeaId", int)


class IdeaState(StrEnum):
    """How far an idea has come; from the third on there is no way back."""

    OPEN = "open"
    THANKED = "thanked"
    CONSIDERED = "considered"
    DECLINED = "declined"
    """Its author was told why."""
    ADOPTED = "adopted"
    """It was done."""


OPEN_STATES = (IdeaState.OPEN, IdeaState.THANKED, IdeaState.CONSIDERED)
"""What may still be adopted or declined, and what others can support."""


class Telling(StrEnum):
    """Whether all may be told of an adopted idea."""

    UNASKED = ""
    AGREED = "agreed"
    REFUSED = "refused"


@frozen
class IdeaRow:
    """An idea as it is kept."""

    id: IdeaId
    person_id: PersonId
    text: str
    """As it was written; empty once its author was forgotten."""
    photo: str
    """Telegram's name of a picture; empty for none."""
    state: IdeaState
    answer: str
    """What was done, or why not."""
    telling: Telling
    supporters: int
    made_at: int
    answered_at: int | None

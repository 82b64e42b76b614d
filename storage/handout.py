"""A card that is handed out without being asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from storage.frozen import frozen

if TYPE_CHECKING:
    from storage.records import PersonId

HandoutId = NewType("HandoutId", int)


class HandoutKind(StrEnum):
    """Why a card is handed out without being asked for; the first kind goes first."""

    FIRST = "first"
    """A member's own card, behind a notice: a newcomer's greeting, or what they have become."""
    STEP = "step"
    """A member's card with the word of how many friends have come, behind what that gave them; `version` is the number."""
    VAULT = "vault"
    """A card is made ready in the vault, for a member who opened the picker."""


class HandoutState(StrEnum):
    """Where a handout stands; one that arrived has no row any more, and `UNKNOWN` is never tried again."""

    DUE = "due"
    SENDING = "sending"
    UNKNOWN = "unknown"


@frozen
class Handout:
    """A card that is owed to somebody, or to the vault for somebody."""

    id: HandoutId
    person_id: PersonId
    kind: HandoutKind
    story: str
    """A story's key; empty for the first one."""
    version: str
    """The picture that was wanted; empty for whatever it is when it is sent."""

    @property
    def friends(self) -> int:
        """How many friends a step says have come; 0 for anything else."""
        return int(self.version) if self.kind is HandoutKind.STEP else 0

    @property
    def is_wished(self) -> bool:
        """Whether it is wanted only as long as it looks as it was wished for, and Telegram does not have it."""
        return bool(self.version) and self.kind is not HandoutKind.STEP

    topic_id: int | None = None
    """Of the person's chat, where the notice that goes before it went there."""

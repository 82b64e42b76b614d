"""What the team hears of who belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice
from storage.records import PersonId
from storage.role import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamJoined(Notice):
    """To the owners: somebody has used a link into the team."""

    kind: ClassVar[str] = "team_joined"
    person: PersonId
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLeft(Notice):
    """To the owners: somebody belongs to the team no longer."""

    kind: ClassVar[str] = "team_left"
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleEnded(Notice):
    """To whoever belonged to the team, and does so no longer."""

    kind: ClassVar[str] = "role_ended"

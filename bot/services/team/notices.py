"""What the team hears of who belongs to it."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.records import PersonId
from storage.role import Role


@frozen
class TeamJoined(Notice):
    """To the owners: somebody has used a link into the team."""

    kind: ClassVar[str] = "team_joined"
    person: PersonId
    role: Role


@frozen
class TeamLeft(Notice):
    """To the owners: somebody belongs to the team no longer."""

    kind: ClassVar[str] = "team_left"
    person: PersonId


@frozen
class RoleEnded(Notice):
    """To whoever belonged to the team, and does so no longer."""

    kind: ClassVar[str] = "role_ended"

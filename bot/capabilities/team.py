"""Owners say who runs the shop with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import OWNERS
from bot.late import late
from bot.messages.buttons import TEAM, TEAM_INVITE, TEAM_PAGE, TEAM_REMOVE, TEAM_REMOVE_SURE
from bot.messages.commands import Command
from bot.services.team.notices import RoleEnded, TeamJoined, TeamLeft
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import team
    from bot.messages import team as messages
else:
    team = late("bot.handlers.team")
    messages = late("bot.messages.team")

CAPABILITY = Capability(
    name="team",
    roles=OWNERS,
    commands={Command(name="team", text="team.command", place=6): team.on_team},
    buttons={
        TEAM: team.on_team,
        TEAM_PAGE: team.on_team,
        TEAM_INVITE: team.on_invite,
        TEAM_REMOVE: team.on_remove,
        TEAM_REMOVE_SURE: team.on_remove_sure,
    },
    notices={kind: messages.NOTICES[kind] for kind in (TeamJoined, TeamLeft, RoleEnded)},
)

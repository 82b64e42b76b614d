"""The team looks up a member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import TEAM
from bot.late import late
from bot.messages.buttons import MEMBER
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import looking_up
else:
    looking_up = late("bot.handlers.looking_up")

CAPABILITY = Capability(
    name="looking_up",
    roles=TEAM,
    commands={Command(name="find", text="find.command", place=9): looking_up.on_find},
    buttons={MEMBER: looking_up.on_member},
    flows={"find": looking_up.FINDING},
)

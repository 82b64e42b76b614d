"""How do my invitations stand? The friends, the rewards, the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import APPEAR, INVITES, REWARDS, TOP, TOP_OF
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import standing
else:
    standing = late("bot.handlers.standing")

CAPABILITY = Capability(
    name="standing",
    roles=EVERYBODY,
    commands={
        Command(name="invites", text="command.invites", place=20): standing.on_invites,
        Command(name="rewards", text="command.rewards", place=30): standing.on_rewards,
        Command(name="top", text="command.top", place=40): standing.on_top,
    },
    buttons={
        INVITES: standing.on_invites,
        REWARDS: standing.on_rewards,
        TOP: standing.on_top,
        TOP_OF: standing.on_top,
        APPEAR: standing.on_appear,
    },
)

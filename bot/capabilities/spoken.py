"""The code for the telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import CHOOSE_SPOKEN, KEEP_SPOKEN, SPOKEN
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import spoken
else:
    spoken = late("bot.handlers.spoken")

CAPABILITY = Capability(
    name="spoken",
    roles=EVERYBODY,
    commands={Command(name="spoken", text="spoken.command", place=70): spoken.on_spoken},
    buttons={SPOKEN: spoken.on_spoken, CHOOSE_SPOKEN: spoken.on_choose_spoken, KEEP_SPOKEN: spoken.on_keep_spoken},
    flows={"spoken": spoken.FLOW},
)

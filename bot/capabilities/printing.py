"""On paper: business cards to be cut, and a poster for the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import printing
else:
    printing = late("bot.handlers.printing")

CAPABILITY = Capability(
    name="printing",
    roles=EVERYBODY,
    commands={Command(name="print", text="print.command", place=60): printing.on_print},
)

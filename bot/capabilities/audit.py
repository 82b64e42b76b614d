"""Who did what in running the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.buttons import AUDIT
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import audit
else:
    audit = late("bot.handlers.audit")

CAPABILITY = Capability(
    name="audit",
    roles=MANAGERS,
    commands={Command(name="audit", text="audit.name", place=7): audit.on_audit},
    buttons={AUDIT: audit.on_audit},
)

"""The shop's campaigns, as those who run it see them."""

from __future__ import annotations

from bot.core.roles import MANAGERS
from bot.messages.campaigns import NOTICES
from bot.updates.capability import Capability

CAPABILITY = Capability(name="campaigns", roles=MANAGERS, notices=NOTICES)

"""The way from the chat to the dashboard in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.buttons import DASHBOARD
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import dashboard
else:
    dashboard = late("bot.handlers.dashboard")

CAPABILITY = Capability(name="dashboard", roles=MANAGERS, buttons={DASHBOARD: dashboard.on_dashboard})

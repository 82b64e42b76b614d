"""The figures of word of mouth: a picture with five lines, and pages for whoever wants to know more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.commands import Command
from bot.messages.pulse.buttons import PULSE_TREND
from bot.messages.stats.buttons import HOLD_OUT, STATS, TRY
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers.stats import stats
else:
    stats = late("bot.handlers.stats.stats")

CAPABILITY = Capability(
    name="stats",
    roles=MANAGERS,
    commands={Command(name="stats", text="command.stats", place=2): stats.on_stats},
    buttons={STATS: stats.on_page, PULSE_TREND: stats.on_pulse_trend, TRY: stats.on_try, HOLD_OUT: stats.on_hold_out},
)

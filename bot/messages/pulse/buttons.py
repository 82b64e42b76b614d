"""Buttons of the question how it was."""

from __future__ import annotations

from bot.core.pulse import MOST
from bot.messages.buttons import FLAG, ID, Button, Number

PULSE = Button("pulse", pulse=ID, said=Number(MOST))
PULSE_ASKED = Button("pulse_asked", wanted=FLAG)

PULSE_TREND = Button("pulse_trend", "stats.pulse.trend")

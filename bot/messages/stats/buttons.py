"""Buttons of the figures."""

from __future__ import annotations

from bot.messages.buttons import KEY, Button

HOLD_OUT = Button("hold_out", step=KEY)
TRY = Button("try", step=KEY)
STATS = Button("stats", page=KEY)

"""The compositions a theme can choose from."""

from __future__ import annotations

from bot.cards.layout import Layout
from bot.cards.layouts.bubble import BUBBLE
from bot.cards.layouts.salon import SALON
from bot.cards.layouts.sunrise import SUNRISE

LAYOUTS: dict[str, Layout] = {"bubble": BUBBLE, "salon": SALON, "sunrise": SUNRISE}

__all__ = ["LAYOUTS"]

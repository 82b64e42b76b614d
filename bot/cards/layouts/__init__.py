"""The compositions a theme or a shop can choose from."""

from __future__ import annotations

from bot.cards.layout import Layout
from bot.cards.layouts.bubble import BUBBLE
from bot.cards.layouts.festive import FESTIVE
from bot.cards.layouts.minimal import MINIMAL
from bot.cards.layouts.photo import PHOTO
from bot.cards.layouts.salon import SALON
from bot.cards.layouts.sunrise import SUNRISE

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (BUBBLE, FESTIVE, MINIMAL, PHOTO, SALON, SUNRISE)}

__all__ = ["LAYOUTS"]

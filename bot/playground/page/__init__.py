"""The chat page: a local Telegram as phones side by side in one browser page."""

from __future__ import annotations

from bot.playground.page.cast import Cast, Phone
from bot.playground.page.routes import add_page_routes

__all__ = ["Cast", "Phone", "add_page_routes"]

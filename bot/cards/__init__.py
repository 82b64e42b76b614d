"""Pixels: values in, image bytes out. Knows no Telegram, no store, no settings."""

from __future__ import annotations

from bot.cards.card_text import CardText
from bot.cards.qr import LinkTooLong
from bot.cards.studio import CardStudio, render_card_from_scratch
from bot.cards.themes import ThemeMistake, UnknownTheme

__all__ = ["CardStudio", "CardText", "LinkTooLong", "ThemeMistake", "UnknownTheme", "render_card_from_scratch"]

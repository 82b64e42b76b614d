"""Pixels: values in, image bytes out. Knows no Telegram, no store, no settings."""

from __future__ import annotations

from bot.cards.face import CardFace
from bot.cards.qr import LinkTooLong
from bot.cards.studio import CardStudio, render_card_from_scratch
from bot.cards.themes import ThemeMistake, UnknownTheme

__all__ = ["CardFace", "CardStudio", "LinkTooLong", "ThemeMistake", "UnknownTheme", "render_card_from_scratch"]

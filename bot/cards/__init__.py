"""Pixels: values in, image bytes out. Knows no Telegram, no store, no settings."""

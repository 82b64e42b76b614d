"""Telegram gifts that rules give."""

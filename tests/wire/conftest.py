"""Fixtures of a server in Telegram's place, and a bot that talks to it."""

from __future__ import annotations

from tests.wire.stage import application, bot, gate, patience_seconds, request_, server, store_url

__all__ = ["application", "bot", "gate", "patience_seconds", "request_", "server", "store_url"]

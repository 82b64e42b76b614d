"""Whose doors cannot be served by a process that does not run the shop."""

from __future__ import annotations

from bot.settings import Settings

ON_SQLITE = (
    "The database is a SQLite file, which one process has for itself: there passalong run serves the web side. "
    "For doors in processes of their own, take the shop to PostgreSQL: passalong move --to postgresql://…"
)
NO_ADDRESS = "There is nothing to serve: PASSALONG_PUBLIC_URL is not set."


def explain_unserved(settings: Settings) -> str:
    """Why these doors cannot be served beside a bot, as a sentence; empty where they can."""
    if settings.database_url.startswith("sqlite:"):
        return ON_SQLITE
    return "" if settings.public_url else NO_ADDRESS

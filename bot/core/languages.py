"""Which of the shipped languages somebody reads."""

from __future__ import annotations

LANGUAGES = ("en", "id", "zh")

_ALIASES = {"in": "id"}
"""ISO 639 renamed Indonesian in 1989; some devices still say it the old way."""


def choose_language(chosen: str | None, telegram_language: str) -> str:
    """The member's own choice first, then Telegram's language (`zh-hans` is `zh`), then English."""
    for wanted in (chosen or "", telegram_language):
        primary = wanted.lower().replace("_", "-").split("-")[0]
        language = _ALIASES.get(primary, primary)
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]

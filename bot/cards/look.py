"""How cards look now, in a few letters. Imports no pixels: it is asked at the start."""

from __future__ import annotations

from pathlib import Path

from bot.core.looks import AUTO
from bot.core.sharing import digest

LAYOUT_VERSION = 4
"""Raise it when cards change their look without a change of a theme or of words: kept file ids are then not used again."""


def compute_look(assets: Path, theme: str) -> str:
    """A short hash of layouts and themes, any of which may lend its letters to another.

    Raises FileNotFoundError where there is no such theme.
    """
    files = {path.stem: path for path in sorted((assets / "themes").glob("*.toml"))}
    if theme != AUTO and theme not in files:
        raise FileNotFoundError(f"there is no theme {theme!r}")
    return digest(str(LAYOUT_VERSION), *(path.read_text("utf-8") for path in files.values()))

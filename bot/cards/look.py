"""How cards look now, in a few letters. Imports no pixels: it is asked at the start."""

from __future__ import annotations

from pathlib import Path

from bot.core.sharing import digest

LAYOUT_VERSION = 2
"""Raise it when cards change their look without a change of a theme or of words: kept file ids are then not used again."""


def compute_look(assets: Path, theme: str) -> str:
    """A short hash of layout and theme file. Raises FileNotFoundError where there is no such theme."""
    return digest(str(LAYOUT_VERSION), (assets / "themes" / f"{theme}.toml").read_text("utf-8"))

"""Where the files that ship with the program lie, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_INSTALLED = _HERE / "_assets"

ASSETS = _INSTALLED if _INSTALLED.is_dir() else _HERE.parent / "assets"
"""Folder with fonts, themes, locales, campaigns and the playground's page."""

"""The campaign that comes along, as somebody makes it their own: a copy with changes, its pictures beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.assets import ASSETS

FOLDER = ASSETS / "campaigns"
SHIPPED = (FOLDER / "welcome.toml").read_text(encoding="utf-8")


def write_campaign(path: Path, text: str = SHIPPED) -> Path:
    """Write a campaign file, and the shipped pictures where it looks for them; returns the file's path."""
    shutil.copytree(FOLDER / "pictures", path.parent / "pictures", dirs_exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def change_shipped(path: Path, *changes: tuple[str, str]) -> Path:
    """Likewise the shipped one with each old text replaced by the new; each has to be there."""
    text = SHIPPED
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return write_campaign(path, text)

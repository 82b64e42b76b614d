"""The campaign that comes along, as somebody makes it their own: a copy with changes, which shows the same pictures."""

from __future__ import annotations

from pathlib import Path

from bot.assets import ASSETS

SHIPPED = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")


def keep_stories(count: int) -> str:
    """The shipped one with so many of its stories, where every card is drawn and read back and more of them tell nothing."""
    sections = SHIPPED.split("\n\n\n")
    stories = [section for section in sections if "[[stories]]" in section]
    return "\n\n\n".join(section for section in sections if section not in stories[count:])


def write_campaign(path: Path, text: str = SHIPPED) -> Path:
    """Write a campaign file; what shipped pictures it names are found where they are, and not drawn anew. Returns its path."""
    path.write_text(text, encoding="utf-8")
    return path


def change_shipped(path: Path, *changes: tuple[str, str], text: str = SHIPPED) -> Path:
    """Likewise the shipped one, or what was kept of it, with each old text replaced by the new; each has to be there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return write_campaign(path, text)

from __future__ import annotations

import re
from pathlib import Path

from bot.handlers import ADMIN_COMMANDS, COMMANDS, COMMUNITY_COMMANDS
from bot.messages.commands import ADMIN_COMMANDS as ADMIN_MENU
from bot.messages.commands import COMMANDS as MENU
from bot.messages.commands import COMMUNITY_COMMANDS as COMMUNITY_MENU
from bot.settings import DEFAULTS, PREFIX

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme_and_nothing_else() -> None:
    """README's table and the code name the same settings, with the same defaults."""
    rows = dict(re.findall(r"^\| `(PASSALONG_\w+)` \| (.*?) \|", README, re.MULTILINE))
    assert rows.keys() == {PREFIX + name for name in DEFAULTS}
    for name, default in DEFAULTS.items():
        if default:
            assert rows[PREFIX + name] == f"`{default}`"


def test_every_command_stands_in_the_readme_and_in_the_menu() -> None:
    """What the bot listens to, what its menu offers and what README tells are the same."""
    assert set(COMMANDS) == set(MENU)
    assert set(ADMIN_COMMANDS) == set(ADMIN_MENU)
    assert set(COMMUNITY_COMMANDS) == set(COMMUNITY_MENU)
    for name in [*COMMANDS, *COMMUNITY_COMMANDS, *ADMIN_COMMANDS]:
        assert f"`/{name}`" in README


def test_links_between_documents_lead_somewhere() -> None:
    """No document of the project points at a file that is not there."""
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"

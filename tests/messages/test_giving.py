"""Who sends reads what they give; a card speaks of the friend's gain alone."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bot.assets import ASSETS

LOCALES = sorted((ASSETS / "locales").glob("*.toml"))
CAMPAIGNS = [ASSETS / "campaigns" / "welcome.toml", *sorted((ASSETS / "campaigns" / "templates").glob("*.toml"))]


def list_texts(value: Any) -> list[str]:
    """Every text in a file."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in list_texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in list_texts(each)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_what_a_friend_gets_is_said_first(path: Path) -> None:
    """Wherever both sides' gains are told, giving comes before getting."""
    both = [
        text
        for text in list_texts(tomllib.loads(path.read_text("utf-8")))
        if "{inviter_points}" in text and "{invitee_points}" in text and "{{" not in text
    ]
    assert len(both) >= 4
    assert [text for text in both if text.index("{inviter_points}") < text.index("{invitee_points}")] == []


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_no_shipped_card_speaks_of_the_senders_reward(path: Path) -> None:
    """A friend who reads what the sender earns doubts the recommendation."""
    stories = tomllib.loads(path.read_text("utf-8"))["stories"]
    assert stories
    assert [text for text in list_texts(stories) if "inviter_points" in text] == []
    assert [text for each in stories for text in each["offer"].values() if "{invitee_points}" not in text] == []

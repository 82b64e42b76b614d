"""One studio for the room's tests: templates cost a quarter of a second each."""

from __future__ import annotations

import pytest

from bot.assets import ASSETS
from bot.cards.studio import CardStudio


@pytest.fixture(scope="session")
def studio() -> CardStudio:
    """A studio that keeps every template of these tests."""
    return CardStudio(ASSETS, templates_kept=40)

"""The one studio, as a fixture."""

from __future__ import annotations

import pytest

from bot.cards.studio import CardStudio
from tests.cards.looks import STUDIO


@pytest.fixture
def studio() -> CardStudio:
    """What all tests of the room draw with."""
    return STUDIO

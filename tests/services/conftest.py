from __future__ import annotations

import pytest

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, parse_campaign


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The campaign that ships."""
    text = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
    return parse_campaign(text, themes=sorted(path.stem for path in (ASSETS / "themes").glob("*.toml")))

"""Reading the campaign file that a setting names."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.campaign_file import SHIPPED, load_campaign
from bot.core.campaigns.campaign import CampaignMistake


def test_a_copy_of_the_shipped_file_finds_its_pictures(tmp_path: Path) -> None:
    """Copying the one file is the first thing that its own words say; what lies beside the copy goes first."""
    copy = tmp_path / "my-shop.toml"
    copy.write_bytes(SHIPPED.read_bytes())
    assert load_campaign(copy).campaign == load_campaign(SHIPPED).campaign
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "mina.jpg").write_bytes((SHIPPED.parent / "pictures" / "named.jpg").read_bytes())
    assert load_campaign(copy).campaign.stories[0].picture == load_campaign(SHIPPED).campaign.stories[1].picture


def test_a_picture_that_is_nowhere_is_a_mistake(tmp_path: Path) -> None:
    """With line and field."""
    path = tmp_path / "mine.toml"
    path.write_text(SHIPPED.read_text("utf-8").replace("pictures/mina.jpg", "pictures/nobody.jpg"), encoding="utf-8")
    with pytest.raises(CampaignMistake, match=r"pictures/nobody\.jpg"):
        load_campaign(path)

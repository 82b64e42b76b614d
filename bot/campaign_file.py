"""The campaign file that a setting names."""

from __future__ import annotations

from pathlib import Path

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.settings import Settings


def load_campaign(path: Path) -> Campaign:
    """Read a campaign file.

    Raises:
        CampaignMistake: with line and field.
    """
    themes = sorted(theme.stem for theme in (ASSETS / "themes").glob("*.toml"))
    return parse_campaign(path.read_bytes(), themes=themes)


def choose_community(settings: Settings, campaign: Campaign) -> int | str | None:
    """The community chat as the settings name it, else the campaign; None where there is none.

    Raises:
        CampaignMistake: friends are to count in a chat that nobody names.
    """
    named = settings.community_chat or campaign.rules.community
    if named is None and campaign.rules.join_community:
        lines = enumerate(settings.campaign.read_text(encoding="utf-8").splitlines(), start=1)
        raise CampaignMistake(
            next((number for number, line in lines if "join_community" in line), 1),
            "rules.join_community",
            'friends count only in the community chat, but none is named. Write community = "@name" beside it.',
        )
    return named


__all__ = ["CampaignMistake", "choose_community", "load_campaign"]

"""What a new campaign can begin with: one of five by trade, or nothing."""

from __future__ import annotations

from functools import cache

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, Story, StoryKind, parse_campaign
from bot.core.looks import list_themes

SCRATCH = "scratch"
_FOLDER = ASSETS / "campaigns" / "templates"


@cache
def load_template(name: str) -> Campaign:
    """A template by its trade; `scratch` is one story of which nothing is written."""
    if name == SCRATCH:
        return _compose_scratch()
    return parse_campaign((_FOLDER / f"{name}.toml").read_bytes(), themes=list_themes())


def _compose_scratch() -> Campaign:
    empty = Story(key="story-1", kind=StoryKind.INSIDE_STORY, headline={}, text={}, offer={})
    return Campaign(
        slug="campaign",
        theme=list_themes()[0],
        channel_language="en",
        brand={"en": ""},
        unit={"en": {"other": ""}},
        stories=(empty,),
        inviter_points=50,
        invitee_points=50,
    )

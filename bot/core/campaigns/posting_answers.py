"""When the announce chat is posted to and how often members are written to, in a dialogue: begun at the look at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.news import read_quiet
from bot.core.campaigns.part_answers import KEEP, NONE

Answers = Mapping[str, Any]

CHANGES = ("digest", "quiet", "per_week")
"""What can be changed."""


def take_posting(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    if step == "per_week":
        return {**answers, step: 0 if value == NONE else int(str(value))}
    return {**answers, step: "" if value == NONE else value}


def compose_posting(answers: Answers, draft: Campaign) -> Campaign:
    """The draft with what the answers say."""
    return replace(
        draft,
        announce=replace(draft.announce, digest=answers["digest"]),
        news=replace(draft.news, quiet=answers["quiet"], per_week=answers["per_week"]),
    )


def list_posting_answers(campaign: Campaign) -> dict[str, Any]:
    """What a campaign says of it as the answers that say it."""
    news = campaign.news
    return {"digest": campaign.announce.digest, "quiet": news.quiet, "per_week": news.per_week, "only": CHANGES[0]}


def read_hours(said: str) -> str | None:
    """Quiet hours as they are kept; None for what names none."""
    return said.strip() if read_quiet(said) is not None else None

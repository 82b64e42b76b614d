"""When the announce chat is posted to and how often members are written to, in a dialogue: begun at the look at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.news import read_quiet
from bot.core.campaigns.part_answers import KEEP, NONE
from bot.core.campaigns.pulse import PulseRules

Answers = Mapping[str, Any]

CHANGES = ("digest", "quiet", "per_week", "after_days", "every_days", "rest_days", "asks_days")
"""What can be changed; with `after_days` of 0 nobody is asked how it was."""
_PULSE = ("after_days", "every_days", "rest_days")


def take_posting(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    if step in {"per_week", "after_days", "every_days", "rest_days", "asks_days"}:
        return {**answers, step: 0 if value == NONE else int(str(value))}
    return {**answers, step: "" if value == NONE else value}


def compose_posting(answers: Answers, draft: Campaign) -> Campaign:
    """The draft with what the answers say."""
    days = {name: answers[name] for name in _PULSE if name in answers}
    return replace(
        draft,
        pulse=PulseRules(**days) if days.get("after_days") else None,
        asks=replace(draft.asks, every_days=answers.get("asks_days", draft.asks.every_days)),
        announce=replace(draft.announce, digest=answers["digest"]),
        news=replace(draft.news, quiet=answers["quiet"], per_week=answers["per_week"]),
    )


def list_posting_answers(campaign: Campaign) -> dict[str, Any]:
    """What a campaign says of it as the answers that say it."""
    news, days = campaign.news, asdict(campaign.pulse or PulseRules())
    if campaign.pulse is None:
        days["after_days"] = 0
    days["asks_days"] = campaign.asks.every_days
    said = {"digest": campaign.announce.digest, "quiet": news.quiet, "per_week": news.per_week}
    return {**said, **days, "only": CHANGES[0]}


def read_hours(said: str) -> str | None:
    """Quiet hours as they are kept; None for what names none."""
    return said.strip() if read_quiet(said) is not None else None

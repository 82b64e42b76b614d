"""A campaign as it is kept: one canonical text for the same content, however its file is laid out."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from hashlib import sha256
from typing import Any

from bot.core.campaigns.campaign import Campaign, Rules, Story, StoryKind
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.rewards import compose_rule, parse_rule

Part = Campaign | Story | Rules | CatalogueItem


def compose_content(campaign: Campaign) -> str:
    """Everything a campaign says, as JSON; languages stay in the order of the file, which says who is asked first."""
    stories = [_compose(story) for story in campaign.stories]
    content = _compose(campaign) | {"stories": stories, "rules": _compose(campaign.rules)}
    if campaign.catalogue:
        content["catalogue"] = [_compose(item) for item in campaign.catalogue]
    if campaign.rewards:
        content["rewards"] = [compose_rule(rule) for rule in campaign.rewards]
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def compute_digest(content: str) -> str:
    """By what a content is known: SHA-256 in hexadecimal digits."""
    return sha256(content.encode()).hexdigest()


def parse_content(content: str) -> Campaign:
    """Read what `compose_content` wrote, perhaps by an older program: what it did not know yet is as usual."""
    told: dict[str, Any] = json.loads(content)
    stories = tuple(Story(**_take(Story, story) | {"kind": StoryKind(story["kind"])}) for story in told["stories"])
    rules = Rules(**_take(Rules, told["rules"]))
    catalogue = tuple(CatalogueItem(**_take(CatalogueItem, item)) for item in told.get("catalogue", ()))
    rewards = tuple(parse_rule(rule) for rule in told.get("rewards", ()))
    parts = {"stories": stories, "rules": rules, "catalogue": catalogue, "rewards": rewards}
    return Campaign(**_take(Campaign, told) | parts)


def _compose(said: Part) -> dict[str, Any]:
    """Each field by its name, in order; what came later and is as usual is left out."""
    values = asdict(said)
    return {
        each.name: values[each.name]
        for each in fields(said)
        if each.init and not ("later" in each.metadata and values[each.name] == each.default)
    }


def _take(kind: type[Part], told: dict[str, Any]) -> dict[str, Any]:
    known = {each.name for each in fields(kind) if each.init}
    return {name: value for name, value in told.items() if name in known}

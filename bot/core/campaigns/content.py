"""A campaign as it is kept: one canonical text for the same content, however its file is laid out."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, asdict, fields
from hashlib import sha256
from typing import Any

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign, Rules, Story, StoryKind
from bot.core.campaigns.catalogue import CatalogueItem
from bot.core.campaigns.contests import Contest, ContestBy, Prize
from bot.core.campaigns.fairness import Fairness
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.campaigns.rewards import Give, compose_rule, parse_rule
from bot.core.campaigns.tiers import Tier
from bot.core.campaigns.waitlist import Waitlist
from storage.facts import GrantKind

Part = (
    Campaign
    | Story
    | Rules
    | Fairness
    | NewsRules
    | AnnounceRules
    | PulseRules
    | AskRules
    | CatalogueItem
    | Tier
    | Contest
    | Prize
    | Waitlist
)


def compose_content(campaign: Campaign) -> str:
    """Everything a campaign says, as JSON; languages stay in the order of the file, which says who is asked first."""
    stories = [_compose(story) for story in campaign.stories]
    content = _compose(campaign) | {"stories": stories, "rules": _compose(campaign.rules)}
    for name in ("fairness", "news", "announce", "asks"):
        content.pop(name, None)
        if said := _compose(getattr(campaign, name)):
            content[name] = said
    if campaign.pulse is not None:
        content["pulse"] = _compose(campaign.pulse)
    if campaign.catalogue:
        content["catalogue"] = [_compose(item) for item in campaign.catalogue]
    if campaign.rewards:
        content["rewards"] = [compose_rule(rule) for rule in campaign.rewards]
    if campaign.tiers:
        content["tiers"] = [_compose(tier) for tier in campaign.tiers]
    if campaign.contests:
        content["contests"] = [_compose(contest) for contest in campaign.contests]
    if campaign.waitlist is not None:
        content["waitlist"] = _compose(campaign.waitlist)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=asdict)


def compute_digest(content: str) -> str:
    """By what a content is known: SHA-256 in hexadecimal digits."""
    return sha256(content.encode()).hexdigest()


def parse_content(content: str) -> Campaign:
    """Read what `compose_content` wrote, perhaps by an older program: what it did not know yet is as usual."""
    told: dict[str, Any] = json.loads(content)
    stories = tuple(Story(**_take(Story, story) | {"kind": StoryKind(story["kind"])}) for story in told["stories"])
    rules = Rules(**_take(Rules, told["rules"]))
    fairness = Fairness(**_take(Fairness, told.get("fairness", {})))
    news = NewsRules(**_take(NewsRules, told.get("news", {})))
    announce = AnnounceRules(**_take(AnnounceRules, told.get("announce", {})))
    asks = AskRules(**_take(AskRules, told.get("asks", {})))
    catalogue = tuple(_parse_item(item) for item in told.get("catalogue", ()))
    rewards = tuple(parse_rule(rule) for rule in told.get("rewards", ()))
    tiers = tuple(Tier(**_take(Tier, tier)) for tier in told.get("tiers", ()))
    contests = tuple(_parse_contest(contest) for contest in told.get("contests", ()))
    parts = {"stories": stories, "rules": rules, "fairness": fairness, "catalogue": catalogue, "rewards": rewards}
    parts |= {"tiers": tiers, "contests": contests, "news": news, "announce": announce, "asks": asks}
    if told.get("waitlist"):
        parts["waitlist"] = _parse_waitlist(told["waitlist"])
    if "pulse" in told:
        parts["pulse"] = PulseRules(**_take(PulseRules, told["pulse"]))
    return Campaign(**_take(Campaign, told) | parts)


def _parse_contest(told: dict[str, Any]) -> Contest:
    prizes = tuple(Prize(**_take(Prize, prize) | {"give": _parse_give(prize["give"])}) for prize in told["prizes"])
    by = ContestBy(told.get("by", ContestBy.FRIENDS))
    return Contest(**_take(Contest, told) | {"prizes": prizes, "by": by})


def _parse_waitlist(told: dict[str, Any]) -> Waitlist:
    give = {"give": _parse_give(told["give"])} if told.get("give") else {}
    return Waitlist(**_take(Waitlist, told) | give)


def _parse_item(told: dict[str, Any]) -> CatalogueItem:
    give = {"give": _parse_give(told["give"])} if told.get("give") else {}
    return CatalogueItem(**_take(CatalogueItem, told) | give)


def _parse_give(told: dict[str, Any]) -> Give:
    return Give(**told | {"kind": GrantKind(told["kind"])})


def _compose(said: Part) -> dict[str, Any]:
    """Each field by its name, in order; what came later and is as usual is left out."""
    values = ((each, getattr(said, each.name)) for each in fields(said) if each.init)
    return {
        each.name: value for each, value in values if "later" not in each.metadata or value not in _list_usual(each)
    }


def _list_usual(each: Field[Any]) -> list[Any]:
    """What goes without saying."""
    return [each.default] if each.default_factory is MISSING else [each.default_factory()]


def _take(kind: type[Part], told: dict[str, Any]) -> dict[str, Any]:
    known = {each.name for each in fields(kind) if each.init}
    return {name: value for name, value in told.items() if name in known}

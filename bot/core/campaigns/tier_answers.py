"""A tier in a dialogue: its questions, what the answers make of it, and a tier as answers again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.campaigns.part_answers import KEEP, NONE, ask_names, compose_names, drop_names, list_names
from bot.core.campaigns.parts import compose_slug
from bot.core.campaigns.tiers import Tier

Answers = Mapping[str, Any]

CHANGES = ("name", "friends", "badge", "colour", "perk", "period")
"""What of a tier can be changed."""

BADGES = {"star": "⭐", "glow": "🌟", "heart": "💛", "crown": "👑", "gem": "💎", "fire": "🔥"}
"""Signs to tap, each by a key that a button can carry."""

_NAMES = ("name", "perk")
_WHOLE = frozenset({"friends", "period"})


def order_tier(answers: Answers) -> Sequence[str]:
    """The questions that lead to a tier; where one thing of it is changed, that, between two looks at the whole."""
    only = answers.get("only")
    if only:
        return (KEEP, *(ask_names(only, answers) if only in _NAMES else (only,)), KEEP)
    return (*ask_names("name", answers), "friends", "badge", KEEP)


def take_tier(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more; a tier that brings nothing says so in no language."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    if step == "perk_1" and value in {NONE, None}:
        return drop_names(answers, "perk")
    if isinstance(value, str) and step in _WHOLE and value != NONE:
        value = int(value)
    if step == "badge":
        value = BADGES.get(str(value), value)
    if step == "colour" and isinstance(value, str) and value != NONE:
        value = f"#{value.removeprefix('#')}"
    return {**answers, step: None if value == NONE else value}


def compose_tier(answers: Answers, former: Tier | None) -> Tier:
    """The tier that the answers say; what no question is about stays as it was in the former one."""
    name = compose_names(answers, "name")
    key = answers.get("key") or compose_slug(name[answers["spoken"][0]], "tier")
    started = former or Tier(key=key, friends=answers["friends"], name=name)
    return replace(
        started,
        key=key,
        friends=answers["friends"],
        name=name,
        badge=answers.get("badge") or "",
        colour=answers.get("colour") or "",
        privileges=compose_names(answers, "perk"),
        period_days=answers.get("period"),
    )


def list_tier_answers(tier: Tier, spoken: Sequence[str]) -> dict[str, Any]:
    """A tier as the answers that say it."""
    name = {language: tier.say(language) for language in spoken}
    perk = {language: tier.say_privileges(language) for language in spoken} if tier.privileges else {}
    return {
        "key": tier.key,
        "friends": tier.friends,
        "badge": tier.badge or None,
        "colour": tier.colour or None,
        "period": tier.period_days,
        **list_names(name, "name", spoken),
        **list_names(perk, "perk", spoken),
    }

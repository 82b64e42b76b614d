"""What a draft gives, can be had for points, and makes of members: its rules, items, tiers and contests, put in and taken out one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from enum import StrEnum
from itertools import count
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.catalogue import CATALOGUE_LIMIT, CatalogueItem
from bot.core.campaigns.contests import CONTESTS_LIMIT, Contest
from bot.core.campaigns.file import SLUG_LIMIT
from bot.core.campaigns.reward_blocks import RULES_LIMIT
from bot.core.campaigns.rewards import JOIN, NO_LIMIT, Rule
from bot.core.campaigns.tiers import TIERS_LIMIT, Tier
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import Side

Piece = Rule | CatalogueItem | Tier | Contest

MOST_NAMED = 12
"""Changes that are named one by one."""

_STRANGE = re.compile(r"[^a-z0-9]+")


class Part(StrEnum):
    """Which of them."""

    REWARD = "reward"
    ITEM = "item"
    TIER = "tier"
    CONTEST = "race"
    """In short: a button has room for no more."""

    @property
    def field(self) -> str:
        """Where they stand in a campaign."""
        return _FIELDS[self]

    @property
    def most(self) -> int:
        """How many there can be."""
        return _MOST[self]


_FIELDS = {Part.REWARD: "rewards", Part.ITEM: "catalogue", Part.TIER: "tiers", Part.CONTEST: "contests"}
_MOST = {Part.REWARD: RULES_LIMIT, Part.ITEM: CATALOGUE_LIMIT, Part.TIER: TIERS_LIMIT, Part.CONTEST: CONTESTS_LIMIT}


@frozen
class PartChange:
    """A part that a draft says otherwise; None on the side where there is none."""

    part: Part
    key: str
    before: Piece | None
    after: Piece | None


def list_parts(campaign: Campaign, part: Part) -> tuple[Piece, ...]:
    """All there are, in their order."""
    pieces: tuple[Piece, ...] = getattr(campaign, part.field)
    return pieces


def find_part(campaign: Campaign, part: Part, key: str) -> Piece | None:
    """The one of this key; None where there is none."""
    return next((piece for piece in list_parts(campaign, part) if piece.key == key), None)


def drop_part(campaign: Campaign, part: Part, key: str) -> Campaign:
    """The draft without it."""
    return _set(campaign, part, [piece for piece in list_parts(campaign, part) if piece.key != key])


def set_part(campaign: Campaign, part: Part, piece: Piece) -> Campaign:
    """The draft with it in the place of the one of its key, else behind the others; unchanged where there are enough."""
    pieces = list_parts(campaign, part)
    if find_part(campaign, part, piece.key) is not None:
        return _set(campaign, part, [piece if each.key == piece.key else each for each in pieces])
    return _set(campaign, part, [*pieces, piece]) if len(pieces) < part.most else campaign


def find_clash(campaign: Campaign, piece: Piece) -> int:
    """How many friends another tier takes as well; 0 where a draft has room for this one in that."""
    others = (tier for tier in campaign.tiers if tier.key != piece.key)
    return piece.friends if isinstance(piece, Tier) and any(each.friends == piece.friends for each in others) else 0


def choose_key(wished: str, is_taken: Callable[[str], bool]) -> str:
    """A key that nothing was ever known by: what a rule has given and how much of an item is gone goes by it."""
    short = wished[: SLUG_LIMIT - 4].rstrip("-")
    first = wished if len(wished) <= SLUG_LIMIT else short
    numbered = (first if number == 1 else f"{short}-{number}" for number in count(1))
    return next(key for key in numbered if not is_taken(key))


def compose_slug(name: str, otherwise: str) -> str:
    """A key out of a name: `A croissant` is `a-croissant`; where no letter of it can stand in one, `otherwise`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _STRANGE.sub("-", plain).strip("-")[: SLUG_LIMIT - 4].rstrip("-") or otherwise


def list_part_changes(before: Campaign, after: Campaign) -> list[PartChange]:
    """Every part that is new, gone or another, in the order of the campaign."""
    changes = []
    for part in Part:
        old, new = ({piece.key: piece for piece in list_parts(each, part)} for each in (before, after))
        changes += [
            PartChange(part=part, key=key, before=old.get(key), after=new.get(key))
            for key in dict.fromkeys((*old, *new))
            if old.get(key) != new.get(key)
        ]
    return changes


def list_changed(before: Campaign, after: Campaign) -> list[str]:
    """What of a campaign is another, in the words of its file: each rule, item, tier and contest by its key, all else by its field."""
    others = [
        each.name
        for each in fields(Campaign)
        if each.compare
        and each.name not in _FIELDS.values()
        and getattr(before, each.name) != getattr(after, each.name)
    ]
    names = [*others, *(f"{each.part.field}.{each.key}" for each in list_part_changes(before, after))]
    return [*names[:MOST_NAMED], *(["\u2026"] if len(names) > MOST_NAMED else [])]


def _set(campaign: Campaign, part: Part, pieces: list[Any]) -> Campaign:
    changed: Mapping[str, Any] = {part.field: tuple(_settle(pieces) if part is Part.REWARD else pieces)}
    return replace(campaign, **changed)


def _settle(rules: Sequence[Rule]) -> list[Rule]:
    """The rules without what leads nowhere any more: a head start of nothing, the place of a rule that is gone."""
    return [
        replace(
            rule,
            head_start=rule.head_start if _can_start_ahead(rule) else 0,
            instead_of=rule.instead_of if can_stand_for(rule, rules) else "",
        )
        for rule in rules
    ]


def _can_start_ahead(rule: Rule) -> bool:
    return rule.when == "milestone" and rule.who is Side.INVITER and rule.head_start < rule.number


def can_stand_for(rule: Rule, rules: Sequence[Rule]) -> bool:
    """Whether a rule can stand in the place of the one that it names."""
    if rule.instead_of != JOIN:
        others = (each for each in rules if each.key != rule.key)
        return any((each.key, each.when, each.who) == (rule.instead_of, rule.when, rule.who) for each in others)
    at_once = rule.limit == NO_LIMIT and not rule.hold_days and rule.at_limit == "stop"
    return rule.when == "joined" and rule.give.kind is GrantKind.POINTS and at_once

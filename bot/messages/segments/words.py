"""A segment in words: what each condition says, joined as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo

from bot.core.pulse import FACES, Mood, decide_mood
from bot.core.segments.conditions import NOTHING, AnyOf, Both, Condition, How, Not, Segment
from bot.messages.campaigns_panel import name_language
from bot.messages.sharing.ways import name_source
from bot.messages.texts import Texts
from storage.frozen import frozen

KINDS = {
    "language": "segments.kind.language",
    "tier": "segments.kind.tier",
    "label": "segments.kind.label",
    "campaign": "segments.kind.campaign",
    "source": "segments.kind.source",
    "list": "segments.kind.list",
    "mood": "segments.kind.mood",
    "joined": "segments.kind.joined",
    "seen": "segments.kind.seen",
    "shared": "segments.kind.shared",
    "friends": "segments.kind.friends",
    "balance": "segments.kind.balance",
    "coupon": "segments.kind.coupon",
    "opened": "segments.kind.opened",
    "unopened": "segments.kind.unopened",
}
"""What a condition is called where one is picked."""

_FACES = {mood: " ".join(face for said, face in FACES.items() if decide_mood(said) is mood) for mood in Mood} | {
    NOTHING: ""
}
"""What they tapped."""

_IS = {
    "language": "segments.is.language",
    "tier": "segments.is.tier",
    "label": "segments.is.label",
    "campaign": "segments.is.campaign",
    "source": "segments.is.source",
    "list": "segments.is.list",
    "mood": "segments.is.mood",
    "opened": "segments.is.opened",
    "unopened": "segments.is.unopened",
}
_NONE = {
    "tier": "segments.none.tier",
    "label": "segments.none.label",
    "campaign": "segments.none.campaign",
    "source": "segments.none.source",
    "list": "segments.none.list",
    "mood": "segments.none.mood",
}
_SINCE = {
    "joined": "segments.since.joined",
    "seen": "segments.since.seen",
    "shared": "segments.since.shared",
}
_BEFORE = {
    "joined": "segments.before.joined",
    "seen": "segments.before.seen",
    "shared": "segments.before.shared",
}
_WITHIN = {
    "joined": "segments.within.joined",
    "seen": "segments.within.seen",
    "shared": "segments.within.shared",
    "coupon": "segments.within.coupon",
}
_AGO = {
    "joined": "segments.ago.joined",
    "seen": "segments.ago.seen",
    "shared": "segments.ago.shared",
}
_AT_LEAST = {"friends": "segments.at_least.friends", "balance": "segments.at_least.balance"}
_BELOW = {"friends": "segments.below.friends", "balance": "segments.below.balance"}


@frozen
class Words:
    """What a segment is said with."""

    texts: Texts
    tiers: Mapping[str, str]
    """What the shop calls its tiers, by key."""


def say_segment(words: Words, segment: Segment) -> str:
    """A segment as a sentence; plain text."""
    texts = words.texts
    match segment:
        case Condition():
            return say_condition(words, segment)
        case Not(part=part):
            return texts.plain("segments.not", part=_bracket(words, part))
        case Both(parts=parts):
            return f" {texts.plain('segments.and')} ".join(_bracket(words, part) for part in parts)
        case AnyOf(parts=parts):
            return f" {texts.plain('segments.or')} ".join(_bracket(words, part) for part in parts)


def say_condition(words: Words, condition: Condition) -> str:
    """One condition; plain text."""
    texts, name, value = words.texts, condition.name, condition.value
    if condition.how is How.NEVER:
        return texts.plain("segments.never_shared")
    if condition.how is How.IS:
        if value == NOTHING and name in _NONE:
            return texts.plain(_NONE[name])
        return texts.plain(_IS[name], name=_name(words, name, value))
    if condition.how in {How.AT_LEAST, How.BELOW}:
        keys = _AT_LEAST if condition.how is How.AT_LEAST else _BELOW
        return texts.plain(keys[name], count=int(value))
    return _say_time(texts, condition)


def _say_time(texts: Texts, condition: Condition) -> str:
    name, value = condition.name, condition.value
    if not value.endswith("d"):
        keys = _SINCE if condition.how is How.SINCE else _BEFORE
        return texts.plain(keys[name], day=_say_day(texts, value))
    keys = _AGO if condition.how is How.BEFORE else _WITHIN
    return texts.plain(keys[name], count=int(value[:-1]))


def _say_day(texts: Texts, value: str) -> str:
    zone: tzinfo = UTC
    day = date.fromisoformat(value)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    return texts.date(int(noon.timestamp()) * 1_000_000, zone)


def _name(words: Words, name: str, value: str) -> str:
    if name == "language":
        return name_language(value)
    if name == "tier":
        return words.tiers.get(value, value)
    if name == "mood":
        return _FACES[value]
    return name_source(words.texts, value) if name == "source" else value


def _bracket(words: Words, segment: Segment) -> str:
    said = say_segment(words, segment)
    return words.texts.plain("segments.bracket", part=said) if isinstance(segment, Both | AnyOf) else said

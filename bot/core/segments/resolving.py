"""From what is written to what the store looks for: days become moments, words of the shop stay what they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from itertools import pairwise
from types import MappingProxyType

from bot.core.durations import DAY, SECOND
from bot.core.languages import ALIASES, LANGUAGES, choose_language, find_language
from bot.core.segments.conditions import NOTHING, AnyOf, Both, Condition, How, Not, Segment, list_conditions, list_steps
from bot.core.segments.writing import SegmentMistake, Why
from storage.frozen import frozen
from storage.segment import Either, Every, Is, Opening, Other, Reading, Speaks, Trait, Tree, Within


@frozen
class Moment:
    """When and where a segment is looked at: one moment for all of a broadcast's members."""

    now: int
    """UTC microseconds."""
    zone: tzinfo
    """Where the shop is: its days begin there."""
    languages: tuple[str, ...] = ()
    """The shop's own."""


def resolve(segment: Segment, moment: Moment) -> Tree:
    """What the store looks for."""
    match segment:
        case Both(parts=parts):
            return Every(parts=tuple(resolve(part, moment) for part in parts))
        case AnyOf(parts=parts):
            return Either(parts=tuple(resolve(part, moment) for part in parts))
        case Not(part=part):
            return Other(part=resolve(part, moment))
        case Condition():
            return _RESOLVED[segment.name](segment, moment)


def compute_removals(counts: Sequence[int]) -> list[int]:
    """How many each step takes away, of how many are left after each, the first of which is everybody."""
    return [before - after for before, after in pairwise(counts)]


def resolve_steps(segment: Segment, moment: Moment) -> list[Tree]:
    """What is looked at one after the other: the parts that and joins, or the whole."""
    return [resolve(step, moment) for step in list_steps(segment)]


def find_unknown(segment: Segment, known: Mapping[str, Collection[str]]) -> SegmentMistake | None:
    """The first condition that names what does not exist, where it is known what does, by the condition's name."""
    for condition in list_conditions(segment):
        names = known.get(condition.name)
        if names is not None and condition.value not in {NOTHING, *names}:
            hint = ", ".join(sorted(names)[:8])
            return SegmentMistake(Why.NOBODY, condition.value, 0, len(condition.value), hint=hint)
    return None


def compose_reading(language: str, shop: tuple[str, ...]) -> Reading:
    """Who reads a language, as `bot.core.languages.choose_language` decides it, said by tags."""
    tags = dict.fromkeys((*LANGUAGES, *shop))
    primaries = dict.fromkeys(tag.partition("-")[0] for tag in tags)
    primaries |= dict.fromkeys(old for old, new in ALIASES.items() if new in primaries)
    return Reading(
        language=find_language(language, tuple(tags)) or language,
        exact=tuple((tag, choose_language(tag, "", shop)) for tag in tags),
        primary=tuple((primary, choose_language(primary, "", shop)) for primary in primaries),
        otherwise=choose_language(None, "", shop),
    )


def _compute_ago(value: str, moment: Moment) -> int:
    """The moment that `30d` or a day is."""
    if value.endswith("d"):
        return moment.now - int(value[:-1]) * DAY
    return int(datetime.combine(date.fromisoformat(value), time(), moment.zone).timestamp()) * SECOND


def _resolve_time(trait: Trait) -> Callable[[Condition, Moment], Tree]:
    def resolve_time(condition: Condition, moment: Moment) -> Tree:
        if condition.how is How.NEVER:
            return Other(part=Within(trait=trait))
        at = _compute_ago(condition.value, moment)
        return Within(trait=trait, low=at) if condition.how is How.SINCE else Within(trait=trait, high=at)

    return resolve_time


def _resolve_number(trait: Trait) -> Callable[[Condition, Moment], Tree]:
    def resolve_number(condition: Condition, _moment: Moment) -> Tree:
        number = int(condition.value)
        at_least = condition.how is How.AT_LEAST
        return Within(trait=trait, low=number) if at_least else Within(trait=trait, high=number)

    return resolve_number


def _resolve_name(trait: Trait) -> Callable[[Condition, Moment], Tree]:
    return lambda condition, _moment: Is(trait=trait, name="" if condition.value == NOTHING else condition.value)


def _resolve_opening(trait: Trait) -> Callable[[Condition, Moment], Tree]:
    return lambda condition, _moment: Opening(trait=trait, broadcast_id=int(condition.value))


def _resolve_coupon(condition: Condition, moment: Moment) -> Tree:
    ends = moment.now + int(condition.value[:-1]) * DAY
    return Within(trait=Trait.COUPON, low=moment.now, high=ends)


def _resolve_language(condition: Condition, moment: Moment) -> Tree:
    return Speaks(reading=compose_reading(condition.value, moment.languages))


_RESOLVED: Mapping[str, Callable[[Condition, Moment], Tree]] = MappingProxyType(
    {
        "language": _resolve_language,
        "tier": _resolve_name(Trait.TIER),
        "label": _resolve_name(Trait.LABEL),
        "campaign": _resolve_name(Trait.CAMPAIGN),
        "source": _resolve_name(Trait.SOURCE),
        "list": _resolve_name(Trait.LISTED),
        "mood": _resolve_name(Trait.MOOD),
        "joined": _resolve_time(Trait.JOINED),
        "seen": _resolve_time(Trait.SEEN),
        "shared": _resolve_time(Trait.SHARED),
        "friends": _resolve_number(Trait.FRIENDS),
        "balance": _resolve_number(Trait.BALANCE),
        "coupon": _resolve_coupon,
        "opened": _resolve_opening(Trait.OPENED),
        "unopened": _resolve_opening(Trait.UNOPENED),
    }
)

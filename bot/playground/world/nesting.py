"""Which entities may lie in which: what overlaps is cut, joined or dropped by the rules of Telegram's server library.

Five kinds (bold to spoiler) may lie anywhere but in code: those of one kind are joined, and all are cut where another
entity begins or ends. Of the others none overlaps another, except that a quotation may hold any of them whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Entity = Mapping[str, Any]
Span = tuple[int, int]
"""Begin and end, in UTF-16 units."""

SPLIT = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = frozenset({"blockquote", "expandable_blockquote"})
CODE = frozenset({"pre", "code", "date_time"})
"""In these nothing else is shown."""

_RANKS = dict.fromkeys(QUOTES, 0) | {"pre": 11, "code": 20, "date_time": 30, "text_link": 49, "text_mention": 49}
_RANKS |= {kind: 90 + place for place, kind in enumerate(SPLIT)} | {"custom_emoji": 99}
_USUAL_RANK = 50


def settle(given: Iterable[Entity], found: Iterable[Entity] = ()) -> list[Entity]:
    """Return all entities as they are shown: those given, and between them those that Telegram found by itself."""
    whole = sorted((entity for entity in given if entity["length"] > 0), key=rank)
    quotes = _keep_apart(entity for entity in whole if entity["type"] in QUOTES)
    firm = _keep_apart(entity for entity in whole if entity["type"] not in QUOTES and entity["type"] not in SPLIT)
    firm = [entity for entity in firm if not _crosses_any(entity, quotes)]
    firm += [
        each for each in found if not any(_touches(each, other) for other in firm) and not _crosses_any(each, quotes)
    ]
    free = [entity for entity in whole if entity["type"] in SPLIT]
    return sorted([*quotes, *firm, *_cut_all(free, [*quotes, *firm])], key=rank)


def rank(entity: Entity) -> tuple[int, int, int]:
    """Return what entities are ordered by: where they begin, the longer ones first."""
    return entity["offset"], -entity["length"], _RANKS.get(entity["type"], _USUAL_RANK)


def _keep_apart(entities: Iterable[Entity]) -> list[Entity]:
    """Return entities without those that overlap one before them."""
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity["offset"] >= _end(kept[-1]):
            kept.append(entity)
    return kept


def _crosses_any(entity: Entity, quotes: Sequence[Entity]) -> bool:
    """Whether the first quotation that an entity meets holds a part of it only."""
    quote = next((quote for quote in quotes if _end(quote) > entity["offset"]), None)
    if quote is None:
        return False
    return _end(quote) < _end(entity) or entity["offset"] < quote["offset"] < _end(entity)


def _touches(one: Entity, other: Entity) -> bool:
    return bool(one["offset"] < _end(other) and other["offset"] < _end(one))


def _cut_all(free: Sequence[Entity], others: Sequence[Entity]) -> Iterator[Entity]:
    kinds = dict.fromkeys(entity["type"] for entity in free)
    runs = {kind: _join((each["offset"], _end(each)) for each in free if each["type"] == kind) for kind in kinds}
    cuts = {place for other in others for place in (other["offset"], _end(other))}
    cuts |= {begin for spans in runs.values() for begin, _ in spans}
    shut = [(other["offset"], _end(other)) for other in others if other["type"] in CODE]
    for kind, spans in runs.items():
        for begin, end in (piece for span in spans for piece in _cut(span, cuts)):
            if not any(first <= begin < last for first, last in shut):
                yield {"type": kind, "offset": begin, "length": end - begin}


def _join(spans: Iterable[Span]) -> list[Span]:
    """Return spans, sorted by their begin, with those joined that overlap or touch."""
    joined: list[Span] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return joined


def _cut(span: Span, cuts: Iterable[int]) -> Iterator[Span]:
    places = [span[0], *sorted(place for place in cuts if span[0] < place < span[1]), span[1]]
    yield from pairwise(places)


def _end(entity: Entity) -> int:
    return int(entity["offset"] + entity["length"])

"""Segments are put together, counted, kept by name, and chosen for a message to many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from bot.core.languages import LANGUAGES
from bot.core.roles import MANAGERS
from bot.core.segments.conditions import MOST_CONDITIONS, Condition, Not, Segment, join, list_conditions
from bot.core.segments.resolving import find_unknown
from bot.core.segments.writing import JOINS, SegmentMistake, Why, parse_segment, write_segment
from bot.services.campaigns import get_terms, list_languages
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.segments.finding import count_steps, find_tree, read_segment
from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, Person, Profile
from storage.segment import SegmentId, SegmentRow
from storage.tables import broadcasts, campaigns, conversations, directory, lists, segments, traits
from storage.tx import Tx

SEGMENT = "segment"
"""The dialogue in which a segment is put together: typed, or tapped condition by condition."""

JOINED = ("and", "or", "not")
"""How a condition can be joined to those before it."""

WAIT_SECONDS = 3_600
MOST_SEGMENTS = 20
"""So many have room on a screen."""
MOST_COUNTED = 100_000
"""Members up to which a list of segments says how many each means: that looks at everybody."""


@frozen
class Place:
    """Where somebody stands who puts a segment together, as the conversation keeps it."""

    written: str = ""
    joined: str = "and"
    """How the next condition is joined: `and`, `or`, `not`."""
    segment_id: int = 0
    """Which one is changed; 0 for a new one."""
    broadcast_id: int = 0
    """For which draft it is; 0 for none."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Place:
        """As it was kept."""
        return cls(**{name: data[name] for name in ("written", "joined", "segment_id", "broadcast_id") if name in data})

    def write(self) -> dict[str, object]:
        """As it is kept."""
        return {name: getattr(self, name) for name in ("written", "joined", "segment_id", "broadcast_id")}


@frozen
class SegmentView:
    """A segment as it is looked at: its words, and how many it means."""

    member: MemberView
    place: Place
    segment: Segment | None = None
    """None before the first condition."""
    name: str = ""
    counts: Sequence[int] = ()
    """Everybody who can be written to, and who is left after each step."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What the shop calls its tiers, by key."""
    taken: bool = False
    """The name that was wished is another's."""
    changed: bool = False
    """It was kept in other words."""


@frozen
class SegmentList:
    """What was kept, and how many each means."""

    member: MemberView
    rows: Sequence[SegmentRow]
    counts: Sequence[int]
    """Of each; empty where there are too many members to count them for a list."""
    everybody: int
    broadcast_id: int = 0
    lists: Mapping[str, int] = field(default_factory=dict)


def list_segments(tx: Tx, *, visitor: Profile, broadcast_id: int = 0) -> SegmentList:
    """Everything that was kept, with its numbers where there are few enough members.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    member, rows = _open(tx, visitor), segments.list_all(tx, limit=MOST_SEGMENTS)
    everybody = directory.count_members(tx) - directory.count_blocked(tx)
    trees = [find_tree(tx, row.written, tx.now) for row in rows] if everybody <= MOST_COUNTED else []
    return SegmentList(
        member=member,
        rows=rows,
        counts=traits.count(tx, trees),
        everybody=everybody,
        broadcast_id=broadcast_id,
        lists=lists.count_each(tx, limit=MOST_SEGMENTS),
    )


def begin(tx: Tx, *, visitor: Profile, segment_id: int = 0, broadcast_id: int = 0) -> SegmentView | None:
    """Put a new segment together, or look at one that was kept; None where that is gone.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    row = segments.find(tx, SegmentId(segment_id)) if segment_id else None
    if segment_id and row is None:
        return None
    place = Place(written=row.written if row else "", segment_id=segment_id, broadcast_id=broadcast_id)
    return _stand(tx, enter(tx, visitor), place)


def take_typed(tx: Tx, *, visitor: Profile, text: str) -> SegmentView:
    """Take what was typed: a whole segment, or one condition more where it begins with and, or.

    Raises:
        SegmentMistake: it cannot be read, or names what does not exist.
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    first = text.split(maxsplit=1)[0].lower() if text.strip() else ""
    segment = parse_segment(f"({place.written}) {text}" if place.written and first in JOINS else text)
    mistake = find_unknown(segment, list_known(tx, segment))
    if mistake is not None:
        raise mistake
    return _stand(tx, me, replace(place, written=write_segment(segment)))


def choose_join(tx: Tx, *, visitor: Profile, joined: str) -> MemberView:
    """Say how the next condition is joined.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    _keep(tx, me, replace(place, joined=joined))
    return view_member(tx, me)


def add_condition(tx: Tx, *, visitor: Profile, condition: Condition) -> SegmentView:
    """Join one condition more, as was said before.

    Raises:
        SegmentMistake: there are too many of them.
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    kept = read_segment(place.written) if place.written else None
    more: Segment = Not(part=condition) if place.joined == "not" else condition
    if kept is not None and sum(1 for _ in list_conditions(kept)) >= MOST_CONDITIONS:
        raise SegmentMistake(Why.MANY, place.written)
    segment = join(kept, more, by_or=place.joined == "or")
    return _stand(tx, me, replace(place, written=write_segment(segment), joined="and"))


def view_segment(tx: Tx, *, visitor: Profile) -> SegmentView:
    """The segment that somebody is putting together.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    return _view(tx, me, place)


def save(tx: Tx, *, visitor: Profile, name: str) -> SegmentView:
    """Keep a new one by a name; a name that is another's is refused.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    called = segments.add(tx, name, place.written)
    if called is None:
        return replace(_view(tx, me, place), taken=True)
    return _stand(tx, me, replace(place, segment_id=called))


def rewrite(tx: Tx, *, visitor: Profile) -> SegmentView:
    """Keep what was changed of one that has its name; of any other nothing changes.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    row = segments.find(tx, SegmentId(place.segment_id)) if place.written else None
    if row is not None:
        segments.set_segment(tx, replace(row, written=place.written))
    return _view(tx, me, place)


def rename(tx: Tx, *, visitor: Profile, name: str) -> SegmentView:
    """Give a segment that was kept another name, its words as they were kept; else as `save`.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    row, other = segments.find(tx, SegmentId(place.segment_id)), segments.find_by_name(tx, name)
    if row is None:
        return save(tx, visitor=visitor, name=name)
    if other is not None and other.id != row.id:
        return replace(_view(tx, me, place), taken=True)
    segments.set_segment(tx, replace(row, name=name))
    return _stand(tx, me, place)


def remove(tx: Tx, *, visitor: Profile, segment_id: int) -> SegmentList:
    """Keep a segment no longer; broadcasts that were sent to it have their own words.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    segments.remove(tx, SegmentId(segment_id))
    conversations.leave(tx, enter(tx, visitor).id, SEGMENT)
    return list_segments(tx, visitor=visitor)


def choose(tx: Tx, *, visitor: Profile, broadcast_id: int, everybody: bool = False) -> bool:
    """Send a draft to those that are meant by what was put together, or to everybody; False for what is no draft any more.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, place = _find_place(tx, visitor)
    found = broadcasts.find(tx, BroadcastId(broadcast_id))
    if found is None or found.author_id != me.id or found.state is not BroadcastState.DRAFT:
        return False
    broadcasts.set_segment(tx, found.id, None if everybody or not place.written else place.written)
    conversations.leave(tx, me.id, SEGMENT)
    return True


def _open(tx: Tx, visitor: Profile) -> MemberView:
    demand(tx, visitor, MANAGERS)
    return view_member(tx, enter(tx, visitor))


def _find_place(tx: Tx, visitor: Profile) -> tuple[Person, Place]:
    """Whoever has left the dialogue begins with nothing."""
    me = enter(tx, visitor)
    asked = conversations.find_in(tx, me.id, SEGMENT)
    return me, Place.read(asked.data) if asked is not None else Place()


def _keep(tx: Tx, me: Person, place: Place, step: str = "draft") -> None:
    conversations.open(tx, me.id, SEGMENT, step, place.write(), expires_at=tx.now + WAIT_SECONDS * 1_000_000)


def _stand(tx: Tx, me: Person, place: Place) -> SegmentView:
    _keep(tx, me, place)
    return _view(tx, me, place)


def _view(tx: Tx, me: Person, place: Place) -> SegmentView:
    row = segments.find(tx, SegmentId(place.segment_id)) if place.segment_id else None
    member = view_member(tx, me)
    return SegmentView(
        member=member,
        place=place,
        segment=read_segment(place.written) if place.written else None,
        name=row.name if row else "",
        counts=count_steps(tx, place.written) if place.written else (),
        names=name_tiers(tx, member.language),
        changed=row is not None and row.written != place.written,
    )


def name_tiers(tx: Tx, language: str) -> dict[str, str]:
    """What the shop calls its tiers, by key."""
    tiers = get_terms(tx).campaign.tiers
    return {tier.key: tier.name.get(language) or next(iter(tier.name.values()), tier.key) for tier in tiers}


def list_known(tx: Tx, segment: Segment) -> dict[str, Collection[str]]:
    """What there is of what a segment names, by condition; labels and sources may come yet."""
    said = {condition.name: condition.value for condition in list_conditions(segment)}
    known: dict[str, Collection[str]] = {
        "language": dict.fromkeys([*list_languages(tx), *LANGUAGES]),
        "tier": name_tiers(tx, ""),
        "campaign": [row.slug for row in campaigns.list_all(tx)],
        "list": lists.count_each(tx, limit=1_000),
    }
    for name in ("opened", "unopened"):
        if name in said:
            mentioned = {each.value for each in list_conditions(segment) if each.name == name}
            known[name] = {each for each in mentioned if broadcasts.find(tx, BroadcastId(int(each))) is not None}
    return known

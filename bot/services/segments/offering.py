"""What can stand behind a condition of a segment, to be tapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.labels import list_named
from bot.core.pulse import Mood
from bot.core.roles import MANAGERS
from bot.core.segments.conditions import KINDS, NOTHING, Condition, How
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.segments.composing import list_known, name_tiers
from storage.frozen import frozen
from storage.records import Profile
from storage.tables import broadcasts, labels
from storage.tx import Tx

VALUES_OFFERED = 12
BROADCASTS_OFFERED = 6


@frozen
class Values:
    """What can stand behind a condition, to be tapped."""

    member: MemberView
    kind: str
    offered: Sequence[Condition]
    names: Mapping[str, str] = field(default_factory=dict)


def list_values(tx: Tx, *, visitor: Profile, kind: str) -> Values:
    """What can be tapped behind a condition.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    member = view_member(tx, enter(tx, visitor))
    return Values(member=member, kind=kind, offered=_list_offered(tx, kind), names=name_tiers(tx, member.language))


def _list_offered(tx: Tx, kind: str) -> list[Condition]:
    if How.IS not in KINDS[kind].hows:
        return [Condition(name=kind, how=how, value=value) for how, value in _USUAL[kind]]
    return [Condition(name=kind, how=How.IS, value=each) for each in _list_names(tx, kind)[:VALUES_OFFERED]]


def _list_names(tx: Tx, kind: str) -> list[str]:
    if kind == "label":
        asked = list_named(get_terms(tx).campaign.rewards)
        return list(dict.fromkeys([*asked, *labels.count_each(tx, limit=VALUES_OFFERED)]))
    if kind == "mood":
        return [*Mood, NOTHING]
    if kind == "source":
        return list(_SOURCES)
    if kind in {"opened", "unopened"}:
        return _list_sent(tx)
    return list(list_known(tx, Condition(name=kind, how=How.IS))[kind])


def _list_sent(tx: Tx) -> list[str]:
    return [str(sent.id) for sent in broadcasts.list_sent(tx, limit=BROADCASTS_OFFERED)]


_SOURCES = ("qr", "fwd", "inline", "share", "page", "print", "copy", "web", "name", "chat", "guest")
_DAYS = ("7d", "30d", "90d")
_TIMES = (*((How.SINCE, days) for days in _DAYS), *((How.BEFORE, days) for days in (*_DAYS[1:], "180d")))
_USUAL: Mapping[str, Sequence[tuple[How, str]]] = {
    "joined": _TIMES,
    "seen": _TIMES,
    "shared": (*_TIMES, (How.NEVER, "")),
    "friends": tuple((How.AT_LEAST, number) for number in ("1", "3", "5", "10")),
    "balance": tuple((How.AT_LEAST, number) for number in ("1", "100", "500", "1000")),
    "coupon": tuple((How.WITHIN, days) for days in ("3d", "7d", "14d", "30d")),
}
"""What is offered to be tapped; anything else can be typed."""

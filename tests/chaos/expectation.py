"""What must be true in the end, computed from the plan alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.throttling import MISSES_ALLOWED
from tests.chaos.plan import Action, Kind

GREETED = frozenset({Kind.JOIN, Kind.ARRIVE, Kind.ARRIVE_UNKNOWN})
_RETURNS = frozenset({Kind.RETURN, Kind.OPEN_OWN, Kind.OPEN_OTHER, Kind.GUESS, Kind.COME_BACK})
_WAYS = {Kind.SHARE: "card", Kind.TAP_SHARE: "card", Kind.CHOOSE_INLINE: "inline"}


@dataclass(slots=True)
class Expectation:
    """Effects by person, people by their numbers in the plan."""

    members: set[int] = field(default_factory=set)
    inviters: dict[int, tuple[int, str]] = field(default_factory=dict)
    """By invitee: who is credited, and by which way the link came."""
    claimed: set[int] = field(default_factory=set)
    """Invitees who said only after their greeting by whom they came."""
    shares: Counter[tuple[int, str]] = field(default_factory=Counter)
    """By person and way."""
    returns: Counter[int] = field(default_factory=Counter)
    """How often somebody pressed /start again: whose card is not known to Telegram gets it then."""
    misses: Counter[int] = field(default_factory=Counter)
    languages: dict[int, str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    """In the end."""
    leavers: set[int] = field(default_factory=set)
    """Who blocked the bot at any time: they may have missed what was owed to them meanwhile."""

    def count_friends(self) -> Counter[int]:
        """How many came by each inviter."""
        return Counter(inviter for inviter, _ in self.inviters.values())


def expect(actions: Iterable[Action]) -> Expectation:
    """Play the actions in the mind."""
    expected = Expectation()
    for action in actions:
        _play(expected, action)
    return expected


def _play(expected: Expectation, action: Action) -> None:
    expected.returns[action.who] += action.kind in _RETURNS
    if action.kind in GREETED:
        expected.members.add(action.who)
    if action.kind is Kind.JOIN:
        expected.inviters[action.who] = (action.other, action.word)
    elif action.kind is Kind.CLAIM:
        expected.inviters[action.who] = (action.other, "name")
        expected.claimed.add(action.who)
    elif action.kind is Kind.OPEN_OTHER and _may_come_late(expected, action):
        expected.inviters[action.who] = (action.other, action.word)
        expected.claimed.add(action.who)
    elif action.kind in _WAYS:
        expected.shares[action.who, "qr" if action.word == "/qr" else _WAYS[action.kind]] += 1
    else:
        _play_wish(expected, action)


def _may_come_late(expected: Expectation, action: Action) -> bool:
    """Who came by nobody is credited to whose link they open later, unless that one came by them."""
    if action.who in expected.inviters:
        return False
    above = action.other
    while above in expected.inviters and above != action.who:
        above = expected.inviters[above][0]
    return above != action.who


def _play_wish(expected: Expectation, action: Action) -> None:
    """What somebody does about themselves alone."""
    who = action.who
    match action.kind:
        case Kind.GUESS:
            expected.misses[who] = min(MISSES_ALLOWED, expected.misses[who] + 1)
        case Kind.SET_LANGUAGE:
            expected.languages[who] = action.word
        case Kind.HIDE:
            expected.hidden.add(who)
        case Kind.BLOCK:
            expected.blocked.add(who)
            expected.leavers.add(who)
        case Kind.COME_BACK:
            expected.blocked.discard(who)

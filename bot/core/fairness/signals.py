"""Signals that something may be wrong with a friend who came: small rules, none of which decides anything alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.core.durations import DAY_SECONDS, SECOND
from bot.core.fairness.looking import HOUR_SECONDS, Look, compute_tail, find_window, list_gaps
from bot.late import late
from storage.frozen import frozen
from storage.review import Trace

if TYPE_CHECKING:
    import statistics
else:
    statistics = late("statistics")

Numbers = tuple[int, ...]
"""What the sentence tells; the first decides its plural form."""


class About(Enum):
    """What a signal looks at: two that look at the same are one, since they see the same."""

    RELATIONS = auto()
    TIME = auto()
    ACCOUNTS = auto()
    CONDUCT = auto()
    STANDING = auto()
    """What Telegram says of the account."""
    MONEY = auto()


class Cost(Enum):
    """When a signal is looked at: what is cheap at once."""

    JOIN = auto()
    """With the friend's coming, by what is read there."""
    LATER = auto()
    """By a job, with what else the store knows."""
    CALL = auto()
    """Likewise, and Telegram is asked."""


@frozen
class Signal:
    """A rule: what it is called, what it says in how far, and how it is seen."""

    key: str
    about: About
    weight: int
    """From 1 to 100."""
    cost: Cost
    find: Callable[[Look], Numbers | None]
    """What it has seen, as its sentence tells it; None for nothing."""


@frozen(kw_only=False)
class Sign:
    """A signal that was seen."""

    signal: Signal
    numbers: Numbers


STRONG = 40
"""From this weight on a signal is a strong one."""

FEW = 4
"""Fewer people than that are alike by chance, or a family."""

MANY = 6
"""So many friends of one member have to be known before a share of them says anything."""

NEAR = 3_000
"""Accounts whose ids lie nearer than this were made within minutes of each other: Telegram makes about a million a day."""

COHORT = 30_000_000
"""Accounts within this many ids of each other were made in the same weeks."""

SHORT_SECONDS = 2 * HOUR_SECONDS
HAND_SECONDS = 600
_UNLIKELY, _VERY_UNLIKELY, _RATHER_UNLIKELY = 0.005, 0.002, 0.03
_STEM = re.compile(r"^(\D{3,})(\d{1,9})$")


def find_pair(look: Look) -> Numbers | None:
    """The inviter tried to have come by somebody they brought."""
    return (look.pairs,) if look.pairs else None


def find_ring(look: Look) -> Numbers | None:
    """Likewise in a round of three or more."""
    return (look.rings,) if look.rings else None


def find_chain(look: Look) -> Numbers | None:
    """Each brought the next within an hour of coming, four times and more in a row."""
    return (len(look.line),) if len(look.line) > FEW else None


def find_burst(look: Look) -> Numbers | None:
    """Many more friends of one member within an hour than is usual here."""
    if not look.usual.known:
        return None
    came = find_window([each.joined_at for each in look.group], look.friend.joined_at, HOUR_SECONDS)
    return (came, look.usual.per_hour) if came > look.usual.per_hour else None


def find_rush(look: Look) -> Numbers | None:
    """Likewise within a day."""
    if not look.usual.known:
        return None
    came = find_window([each.joined_at for each in look.group], look.friend.joined_at, DAY_SECONDS)
    return (came, look.usual.per_day) if came > look.usual.per_day else None


def find_wave(look: Look) -> Numbers | None:
    """Many more friends in all, whoever brought them, than is usual here."""
    if not look.usual.known:
        return None
    moments = [each.joined_at for each in (look.friend, *look.around)]
    came = find_window(moments, look.friend.joined_at, 600)
    return (came, look.usual.coming_per_hour) if came * 6 > 3 * look.usual.coming_per_hour and came >= MANY else None


def find_rhythm(look: Look) -> Numbers | None:
    """Friends who come like by the clock: the pauses between them hardly differ."""
    gaps = list_gaps([each.joined_at for each in look.group])
    for size in (len(gaps), MANY + 2):
        run = gaps[-size:]
        if len(run) >= MANY and is_even(run):
            return len(run) + 1, round(statistics.median(run) / 60)
    return None


def find_numbers(look: Look) -> Numbers | None:
    """Accounts that were made within minutes of each other, this one among them."""
    own = look.friend.telegram_id
    near = sum(abs(each.telegram_id - own) <= NEAR for each in _list_company(look))
    return (near + 1,) if near + 1 >= FEW else None


def find_names(look: Look) -> Numbers | None:
    """Names or usernames that are one word with a number that counts on, this one among them."""
    stems = list_stems(look.friend)
    if not stems:
        return None
    like = max(sum(stem in list_stems(each) for each in _list_company(look)) for stem in stems)
    near = max(sum(stem in list_stems(each) for each in look.line) for stem in stems)
    if near >= FEW - 1:  # the friend is one of them
        return (max(like + 1, near),)
    return (like + 1,) if like + 1 >= FEW else None


def find_alike(look: Look) -> Numbers | None:
    """Friends of one member with the same unusual language or none, no username, and accounts from the same weeks."""
    friend = look.friend
    if len(look.others) + 1 < MANY or friend.username:
        return None
    alike = sum(
        not each.username and each.language == friend.language and abs(each.telegram_id - friend.telegram_id) <= COHORT
        for each in look.others
    )
    return (alike + 1, len(look.others) + 1) if (alike + 1) * 10 >= 6 * (len(look.others) + 1) else None


def find_foreign(look: Look) -> Numbers | None:
    """Nearly all friends of one member speak a language that hardly anybody speaks here."""
    usual, friend = look.usual, look.friend
    if not usual.known or usual.language_percent < 60 or friend.language == usual.language:
        return None
    same = sum(each.language == friend.language for each in look.group)
    return (same, len(look.group)) if same >= MANY and same * 10 >= 9 * len(look.group) else None


def find_silent(look: Look) -> Numbers | None:
    """So many of a member's friends did nothing more after they came that chance does not explain it; this one among them."""
    if not _is_quiet(look) or len(look.group) < MANY or look.quiet is None:
        return None
    silent = sum(each.telegram_id in look.quiet for each in look.group)
    unlikely = compute_tail(len(look.group), silent, look.usual.quiet_percent) < _UNLIKELY
    return (silent, len(look.group)) if unlikely else None


def find_hush(look: Look) -> Numbers | None:
    """Likewise of those who came just before and after, whoever brought them."""
    crowd = [look.friend, *look.around]
    if not _is_quiet(look) or len(crowd) < MANY or look.quiet is None:
        return None
    silent = sum(each.telegram_id in look.quiet for each in crowd)
    return (silent, len(crowd)) if compute_tail(len(crowd), silent, look.usual.quiet_percent) < _VERY_UNLIKELY else None


def find_still(look: Look) -> Numbers | None:
    """Likewise of those who brought each other in a row, one after the other."""
    if not _is_quiet(look) or len(look.line) < MANY or look.quiet is None:
        return None
    silent = sum(each.telegram_id in look.quiet for each in look.line)
    unlikely = compute_tail(len(look.line), silent, look.usual.quiet_percent) < _RATHER_UNLIKELY
    return (silent, len(look.line)) if unlikely else None


def find_short(look: Look) -> Numbers | None:
    """Several friends of one member had the bot for less than two hours, this one among them."""
    if not _is_short(look.friend):
        return None
    short = sum(map(_is_short, look.group))
    return (short, len(look.group)) if short >= FEW and short * 2 >= len(look.group) else None


def find_returns(look: Look) -> Numbers | None:
    """The friend has left the community chat and come back more than once."""
    return (look.departures,) if look.departures >= 2 else None


def find_rating(look: Look) -> Numbers | None:
    """Telegram's own rating of the account is below zero."""
    return (look.rating,) if look.rating is not None and look.rating < 0 else None


def find_refunds(look: Look) -> Numbers | None:
    """Most of what a member's friends bought was given back."""
    return (look.refunds, look.purchases) if look.refunds >= FEW and look.refunds * 2 > look.purchases else None


def find_hand(look: Look) -> Numbers | None:
    """What a member's friends had was handed out in one go, as to one hand."""
    most = max((find_window(look.handed_out, each, HAND_SECONDS) for each in look.handed_out), default=0)
    return (most,) if most >= MANY else None


SIGNALS: Sequence[Signal] = (
    Signal(key="pair", about=About.RELATIONS, weight=50, cost=Cost.LATER, find=find_pair),
    Signal(key="ring", about=About.RELATIONS, weight=50, cost=Cost.LATER, find=find_ring),
    Signal(key="chain", about=About.RELATIONS, weight=40, cost=Cost.LATER, find=find_chain),
    Signal(key="burst", about=About.TIME, weight=25, cost=Cost.JOIN, find=find_burst),
    Signal(key="rush", about=About.TIME, weight=25, cost=Cost.LATER, find=find_rush),
    Signal(key="wave", about=About.TIME, weight=20, cost=Cost.LATER, find=find_wave),
    Signal(key="rhythm", about=About.TIME, weight=40, cost=Cost.JOIN, find=find_rhythm),
    Signal(key="numbers", about=About.ACCOUNTS, weight=45, cost=Cost.JOIN, find=find_numbers),
    Signal(key="names", about=About.ACCOUNTS, weight=40, cost=Cost.JOIN, find=find_names),
    Signal(key="alike", about=About.ACCOUNTS, weight=35, cost=Cost.JOIN, find=find_alike),
    Signal(key="foreign", about=About.ACCOUNTS, weight=20, cost=Cost.JOIN, find=find_foreign),
    Signal(key="silent", about=About.CONDUCT, weight=35, cost=Cost.LATER, find=find_silent),
    Signal(key="hush", about=About.CONDUCT, weight=30, cost=Cost.LATER, find=find_hush),
    Signal(key="still", about=About.CONDUCT, weight=30, cost=Cost.LATER, find=find_still),
    Signal(key="short", about=About.CONDUCT, weight=40, cost=Cost.LATER, find=find_short),
    Signal(key="returns", about=About.CONDUCT, weight=30, cost=Cost.LATER, find=find_returns),
    Signal(key="rating", about=About.STANDING, weight=40, cost=Cost.CALL, find=find_rating),
    Signal(key="refunds", about=About.MONEY, weight=40, cost=Cost.LATER, find=find_refunds),
    Signal(key="hand", about=About.MONEY, weight=25, cost=Cost.LATER, find=find_hand),
)
"""All of them, the cheap ones of each kind first."""


def list_signs(look: Look, costs: Collection[Cost] = (Cost.JOIN, Cost.LATER, Cost.CALL)) -> list[Sign]:
    """What is seen by the signals of these costs."""
    found = ((signal, signal.find(look)) for signal in SIGNALS if signal.cost in costs)
    return [Sign(signal, numbers) for signal, numbers in found if numbers is not None]


def find_signal(key: str) -> Signal | None:
    """The signal of this key; None for one that an earlier version knew."""
    return next((signal for signal in SIGNALS if signal.key == key), None)


@lru_cache(maxsize=4096)
def list_stems_of(first_name: str, last_name: str, username: str) -> frozenset[str]:
    """What stands before the number in names that are a word with a number."""
    said = (first_name, f"{first_name} {last_name}".strip(), username)
    return frozenset(found[1].strip().lower() for each in said if (found := _STEM.match(each)))


def list_stems(trace: Trace) -> frozenset[str]:
    """Likewise of somebody."""
    return list_stems_of(trace.first_name, trace.last_name, trace.username)


def is_even(gaps: Sequence[int]) -> bool:
    """Whether pauses hardly differ; such of a few seconds are one moment."""
    mean = statistics.fmean(gaps)
    return mean >= 30 and statistics.pstdev(gaps) <= mean * 0.2


def _is_short(trace: Trace) -> bool:
    return trace.blocked_at is not None and trace.blocked_at - trace.joined_at <= SHORT_SECONDS * SECOND


def _is_quiet(look: Look) -> bool:
    """Whether the friend did nothing more, in a shop of which it is known what is usual."""
    return look.usual.known and look.quiet is not None and look.friend.telegram_id in look.quiet


def _list_company(look: Look) -> list[Trace]:
    """The others and those around, each once."""
    return list({each.referral_id: each for each in (*look.others, *look.around)}.values())

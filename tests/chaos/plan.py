"""What people will do and when the bot will be killed, all of it fixed by a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import Literal

LANGUAGES = ("en", "id", "zh")
SOURCES = ("", "", "qr", "fwd", "copy", "inline")
STARS = 5
"""A few members bring a third of all friends, so that notices to them pile up."""

RIPE = 40
"""A person is used in another action so many actions later at the earliest: by then the bot has greeted them."""

FORGETFUL = 3
"""One in so many who came without a good link says later, in words, who recommended the shop."""

LEAVERS = 12
"""One in so many newcomers is somebody who only comes, blocks the bot, and perhaps returns."""


class Kind(StrEnum):
    """What somebody does; each is one update, a return of somebody who had blocked the bot is two."""

    JOIN = "join"
    ARRIVE = "arrive"
    ARRIVE_UNKNOWN = "arrive_unknown"
    RETURN = "return"
    CLAIM = "claim"
    OPEN_OTHER = "open_other"
    OPEN_OWN = "open_own"
    GUESS = "guess"
    READ = "read"
    SHARE = "share"
    TAP_SHARE = "tap_share"
    CHOOSE_INLINE = "choose_inline"
    ASK_LANGUAGE = "ask_language"
    SET_LANGUAGE = "set_language"
    ASK_TOP = "ask_top"
    HIDE = "hide"
    BLOCK = "block"
    COME_BACK = "come_back"


@dataclass(frozen=True, slots=True)
class Action:
    """One person does one thing; people are numbered from 0 in the order of their coming."""

    kind: Kind
    who: int
    other: int = -1
    """Whose code is used."""
    word: str = ""
    """The link's source, an unknown code, a command, or a language."""


@dataclass(frozen=True, slots=True)
class KillPoint:
    """The moment of a death: at the n-th request since the point was armed."""

    request: int
    when: Literal["before", "after"]
    """Before Telegram did what the request asks, or after that but before the answer."""
    later_ms: int = 0
    """Above 0: so long after the request, wherever the bot is by then."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What happens around one death."""

    kill: KillPoint
    actions: tuple[Action, ...]
    pauses_ms: tuple[int, ...]
    """After each action."""


def draw_kill(random: Random, *, least: int, most: int) -> KillPoint:
    """Draw one moment: a third before, a third after a request's effect, a third at any time."""
    request, way = random.randint(least, most), random.randrange(3)
    if way == 0:
        return KillPoint(request, "before")
    return KillPoint(request, "after", random.randint(1, 40) if way == 2 else 0)


def draw_plan(seed: int, *, updates: int, kills: int) -> list[Segment]:
    """Draw about so many updates in as many segments as there are deaths."""
    random = Random(seed)
    actions = _Town(random).draw_actions(updates)
    ends = [len(actions) * number // kills for number in range(kills + 1)]
    parts = [tuple(actions[start:end]) for start, end in pairwise(ends)]
    return [_draw_segment(random, part) for part in parts]


def _draw_segment(random: Random, actions: tuple[Action, ...]) -> Segment:
    kill = draw_kill(random, least=1, most=max(2, len(actions) * 2 // 3))
    pauses = tuple(random.choice((0, 0, 0, 0, 0, 0, 5, 30)) for _ in actions)
    return Segment(kill, actions, pauses)


class _Town:
    """Who is there by now, and what they could do next."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._actions: list[Action] = []
        self._born: list[int] = []  # by person: the action they came with
        self._leavers: set[int] = set()
        self._asked: dict[Kind, list[tuple[int, int]]] = {Kind.ASK_LANGUAGE: [], Kind.ASK_TOP: []}
        self._blocked: list[tuple[int, int]] = []
        self._forgetful: list[tuple[int, int]] = []
        self._hidden: set[int] = set()  # their board has no button to hide by any more
        self._stays: list[int] = []
        self._deeds: tuple[tuple[int, Callable[[], Action | None]], ...] = (
            (620, self._join),
            (50, lambda: self._arrive(Kind.ARRIVE)),
            (40, lambda: self._arrive(Kind.ARRIVE_UNKNOWN, self._draw_code())),
            (40, lambda: self._by_member(Kind.RETURN)),
            (20, self._claim),
            (30, self._open_other),
            (15, lambda: self._by_member(Kind.OPEN_OWN)),
            (20, lambda: self._by_member(Kind.GUESS, self._draw_code())),
            (
                60,
                lambda: self._by_member(Kind.READ, self._random.choice(("/invites", "/rewards", "/help", "/privacy"))),
            ),
            (30, lambda: self._by_member(Kind.SHARE, self._random.choice(("/share", "/share", "/qr")))),
            (15, lambda: self._by_member(Kind.TAP_SHARE)),
            (15, lambda: self._by_member(Kind.CHOOSE_INLINE)),
            (15, lambda: self._ask(Kind.ASK_LANGUAGE)),
            (15, lambda: self._tap(Kind.ASK_LANGUAGE, Kind.SET_LANGUAGE, self._random.choice(LANGUAGES))),
            (10, self._ask_top),
            (10, self._hide),
            (20, self._block),
            (10, self._come_back),
        )

    def draw_actions(self, updates: int) -> list[Action]:
        for _ in range(STARS):
            self._actions.append(self._arrive(Kind.ARRIVE))
        weights, deeds = zip(*self._deeds, strict=True)
        count = len(self._actions)
        while count < updates:
            action = self._random.choices(deeds, weights)[0]()
            if action is not None:
                self._actions.append(action)
                count += 2 if action.kind is Kind.COME_BACK else 1
        return self._actions

    def _arrive(self, kind: Kind, word: str = "", other: int = -1) -> Action:
        who = len(self._born)
        self._born.append(len(self._actions))
        if who >= STARS and self._random.randrange(LEAVERS) == 0:
            self._leavers.add(who)
        elif who >= STARS and kind is not Kind.JOIN and self._random.randrange(FORGETFUL) == 0:
            self._forgetful.append((who, len(self._actions)))
        else:
            self._stays.append(who)
        return Action(kind, who, other, word)

    def _join(self) -> Action | None:
        other = self._random.randrange(STARS) if self._random.random() < 0.3 else self._find_member()
        return None if other is None else self._arrive(Kind.JOIN, self._random.choice(SOURCES), other)

    def _find_member(self) -> int | None:
        """Somebody who stays and has been greeted."""
        if len(self._actions) < RIPE + STARS:
            return self._random.randrange(STARS)
        who = self._random.choice(self._stays)
        return who if self._is_ripe(self._born[who]) else None

    def _is_ripe(self, since: int) -> bool:
        return len(self._actions) - since >= RIPE

    def _by_member(self, kind: Kind, word: str = "") -> Action | None:
        who = self._find_member()
        return None if who is None else Action(kind, who, word=word)

    def _claim(self) -> Action | None:
        """Nobody has come by the one who claims, so that the claim cannot go round in a circle."""
        other = self._find_member()
        who = self._take_ripe(self._forgetful) if other is not None else None
        if who is None or other is None:
            return None
        self._stays.append(who)
        return Action(Kind.CLAIM, who, other)

    def _open_other(self) -> Action | None:
        who, other = self._find_member(), self._find_member()
        return None if who is None or other is None or who == other else Action(Kind.OPEN_OTHER, who, other)

    def _ask(self, kind: Kind) -> Action | None:
        who = self._find_member()
        if who is None or any(who == asked for asked, _ in self._asked[kind]):
            return None
        self._asked[kind].append((who, len(self._actions)))
        return Action(kind, who)

    def _ask_top(self) -> Action | None:
        action = self._ask(Kind.ASK_TOP)
        if action is not None and action.who in self._hidden:
            self._asked[Kind.ASK_TOP].pop()  # they look, and have nothing to hide
        return action

    def _hide(self) -> Action | None:
        action = self._tap(Kind.ASK_TOP, Kind.HIDE)
        if action is not None:
            self._hidden.add(action.who)
        return action

    def _tap(self, asked: Kind, kind: Kind, word: str = "") -> Action | None:
        who = self._take_ripe(self._asked[asked])
        return None if who is None else Action(kind, who, word=word)

    def _block(self) -> Action | None:
        ripe = [who for who in sorted(self._leavers) if self._is_ripe(self._born[who])]
        if not ripe:
            return None
        who = self._random.choice(ripe)
        self._leavers.remove(who)
        self._blocked.append((who, len(self._actions)))
        return Action(Kind.BLOCK, who)

    def _come_back(self) -> Action | None:
        who = self._take_ripe(self._blocked)
        return None if who is None else Action(Kind.COME_BACK, who)

    def _take_ripe(self, waiting: list[tuple[int, int]]) -> int | None:
        found = next((each for each in waiting if self._is_ripe(each[1])), None)
        if found is None:
            return None
        waiting.remove(found)
        return found[0]

    def _draw_code(self) -> str:
        """A code that nobody has: real ones are drawn from 62 characters, so ten of one kind do not come up."""
        return self._random.choice("xyz") * 9 + str(self._random.randrange(10))

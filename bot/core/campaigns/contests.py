"""Contests of a campaign: the `[[contests]]` blocks, who wins what, and from when until when."""

from __future__ import annotations

import re
from dataclasses import field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.reward_blocks import take_give
from bot.core.campaigns.rewards import TANGIBLE, Give, Rule
from bot.core.campaigns.rules import LATER
from bot.core.campaigns.words import take_words
from bot.core.durations import SECOND
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import Side

CONTESTS_LIMIT = 8
PRIZES_LIMIT = 20
NAME_LIMIT = 48
PRIZE_NAME_LIMIT = 48

PRIZE = "prize"
"""What has to happen for what is won: no rule in the file can ask for it."""

_NOTHING = Give(kind=GrantKind.POINTS, amount=1)
_BLOCK = ("contests",)
_FIELDS = ("key", "name", "from", "until", "by", "prizes")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXAMPLE = '"2026-12-01"'
_DAY_WORDS = (
    f'this is no day. Write it like {_EXAMPLE}, or with the time where the shop is, like {_EXAMPLE[:-1]} 18:00"'
)


class ContestBy(StrEnum):
    """What decides who wins."""

    FRIENDS = "friends"
    """Who brings the most; among equals who got there first."""
    DRAW = "draw"
    """The lot, with a ticket for each friend."""


@frozen
class Prize:
    """What somebody wins."""

    place: int
    """From 1."""
    give: Give
    name: dict[str, str] = field(default_factory=dict, metadata=LATER)
    """What it is called, by language; empty for what says it by itself."""


@frozen
class Contest:
    """A contest between two moments where the shop is."""

    key: str
    name: dict[str, str]
    """By language."""
    begins: str
    """`2026-12-01`, from its midnight on, or `2026-12-01T18:00`."""
    ends: str
    """The last day, which counts as a whole, or the first moment that does not count any more."""
    prizes: tuple[Prize, ...]
    """In the file's order."""
    by: ContestBy = field(default=ContestBy.FRIENDS, metadata=LATER)

    def say(self, language: str) -> str:
        """Its name; in the first language it has one in, where the shop has learnt this one since."""
        return self.name.get(language) or next(iter(self.name.values()))

    def find_prize(self, place: int) -> Rule | None:
        """What a place wins, as a rule of its own: what it gives goes the way of all that is given."""
        prize = next((each for each in self.prizes if each.place == place), None)
        if prize is None:
            return None
        key = f"{PRIZE}-{self.key}-{place}"
        return Rule(key=key, when=PRIZE, who=Side.INVITER, give=prize.give, name=prize.name)

    def find_span(self, zone: tzinfo) -> tuple[int, int]:
        """From which moment on until before which it counts, in UTC microseconds."""
        return _find_moment(self.begins, zone), _find_moment(self.ends, zone, whole=True)


def take_contests(file: CampaignFile, languages: tuple[str, ...]) -> tuple[Contest, ...]:
    """Read the contests; none, where the file says nothing of them.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return ()
    value = file.take(_BLOCK, "a block that begins with [[contests]]")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise file.mistake(_BLOCK, "a contest is a block that begins with [[contests]], in double brackets.")
    if len(value) > CONTESTS_LIMIT:
        raise file.mistake(_BLOCK, f"there are {len(value)} contests. Write at most {CONTESTS_LIMIT}.")
    contests = tuple(_take_contest(file, (*_BLOCK, place), languages) for place in range(len(value)))
    for place, contest in enumerate(contests):
        if contest.key and any(contest.key == earlier.key for earlier in contests[:place]):
            file.note((*_BLOCK, place, "key"), f'"{contest.key}" names an earlier contest. Choose another key.')
    return contests


def compose_prizes(prizes: tuple[Prize, ...]) -> list[dict[str, Any]]:
    """As the file says them."""
    return [
        {"place": prize.place, "give": {str(prize.give.kind): prize.give.what or prize.give.amount}}
        | ({"name": prize.name} if prize.name else {})
        for prize in prizes
    ]


def _take_contest(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> Contest:
    given, attempt = file.take_table(path, _FIELDS), file.attempt
    begins, ends = (attempt("", _take_moment, file, (*path, name)) for name in ("from", "until"))
    if begins and ends and _find_moment(begins, UTC) >= _find_moment(ends, UTC, whole=True):
        file.note((*path, "until"), "this is before it begins. Write a later day.")
    by = attempt(ContestBy.FRIENDS, file.take_choice, (*path, "by"), ContestBy) if "by" in given else ContestBy.FRIENDS
    return Contest(
        key=attempt("", file.take_slug, (*path, "key")),
        name=attempt({}, take_words, file, (*path, "name"), NAME_LIMIT, languages),
        begins=begins,
        ends=ends,
        by=ContestBy(by),
        prizes=attempt((), _take_prizes, file, (*path, "prizes"), languages),
    )


def _take_moment(file: CampaignFile, path: Path) -> str:
    """A day, or a day with a time, quoted or as TOML's own."""
    value = file.take(path, f"{path[-1]} = {_EXAMPLE}")
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise file.mistake(path, "write the time where the shop is, without a zone.")
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    text = file.take_text(path, 32, _EXAMPLE)
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else _read_time(text)
    except ValueError:
        raise file.mistake(path, _DAY_WORDS) from None


def _read_time(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None or not re.search(r"\d[T ]\d", text):
        raise ValueError(text)
    return moment.isoformat(timespec="minutes")


def _take_prizes(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> tuple[Prize, ...]:
    value = file.take(path, "prizes = [{ place = 1, give = { points = 500 } }]")
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise file.mistake(path, "this must be a list of prizes, like [{ place = 1, give = { points = 500 } }]")
    if not 1 <= len(value) <= PRIZES_LIMIT:
        raise file.mistake(path, f"there are {len(value)} prizes. Write from 1 to {PRIZES_LIMIT}.")
    prizes = tuple(_take_prize(file, (*path, place), languages) for place in range(len(value)))
    for place, prize in enumerate(prizes):
        if prize.place and any(prize.place == earlier.place for earlier in prizes[:place]):
            file.note((*path, place, "place"), f"place {prize.place} has a prize already. Choose another place.")
    return prizes


def _take_prize(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> Prize:
    attempt, give, name = file.attempt, (*path, "give"), (*path, "name")
    given = file.take_table(path, ("place", "give", "name"))
    return Prize(
        place=attempt(0, file.take_whole_number, (*path, "place"), PRIZES_LIMIT),
        give=attempt(_NOTHING, _take_give, file, give),
        name=attempt({}, take_words, file, name, PRIZE_NAME_LIMIT, languages) if "name" in given else {},
    )


def _take_give(file: CampaignFile, path: Path) -> Give:
    give = take_give(file, path, TANGIBLE)
    if give.kind is GrantKind.PERCENT:
        raise file.mistake(path, "a share of a purchase is no prize. Write another, like { points = 500 }.")
    return give


def _find_moment(said: str, zone: tzinfo, *, whole: bool = False) -> int:
    moment = datetime.fromisoformat(said) if "T" in said else datetime.combine(date.fromisoformat(said), time())
    if whole and "T" not in said:
        moment += timedelta(days=1)
    return int(moment.replace(tzinfo=zone).timestamp()) * SECOND

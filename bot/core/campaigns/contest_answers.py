"""A contest in a dialogue: its questions, what the answers make of it, and a contest as answers again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from bot.core.campaigns.contests import PRIZES_LIMIT, Contest, ContestBy, Prize
from bot.core.campaigns.part_answers import KEEP, ask_names, compose_names, list_names
from bot.core.campaigns.part_reading import read_day, read_gift, read_slug, read_words
from bot.core.campaigns.parts import compose_slug
from bot.core.campaigns.reward_blocks import CODE_LIMIT, NAME_LIMIT
from bot.core.campaigns.rewards import HUNDRED, NUMBER_LIMIT, TANGIBLE, Give
from storage.facts import GrantKind

Answers = Mapping[str, Any]

CHANGES = ("name", "begins", "ends", "by", "prizes")
"""What of a contest can be changed."""

NOTHING = "-"
"""A line of prizes for a place that wins nothing."""

_POINTS = re.compile(r"\+?([0-9]{1,7})(?: ?(?:points?|poin|积分|分))?", re.IGNORECASE)
_TIME = re.compile(r"(.+?)[T\s]+([0-9]{1,2})[:.]([0-9]{2})")


def order_contest(answers: Answers) -> Sequence[str]:
    """The questions that lead to a contest; where one thing of it is changed, that, between two looks at the whole."""
    only = answers.get("only")
    if only:
        return (KEEP, *(ask_names(only, answers) if only == "name" else (only,)), KEEP)
    return (*ask_names("name", answers), "begins", "ends", "by", "prizes", KEEP)


def take_contest(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    return {**answers, step: value}


def compose_contest(answers: Answers, former: Contest | None) -> Contest:
    """The contest that the answers say; a prize whose line is as it was keeps the name it had."""
    name = compose_names(answers, "name")
    known = {} if former is None else {prize.place: prize for prize in former.prizes}
    contest = Contest(
        key=answers.get("key") or compose_slug(name[answers["spoken"][0]], "contest"),
        name=name,
        begins=answers["begins"],
        ends=answers["ends"],
        by=ContestBy(answers["by"]),
        prizes=tuple(parse_prizes(answers["prizes"])),
    )
    kept = (known.get(each.place, each) for each in contest.prizes)
    prizes = tuple(old if old.give == new.give else new for old, new in zip(kept, contest.prizes, strict=True))
    return replace(contest, prizes=prizes)


def list_contest_answers(contest: Contest, spoken: Sequence[str]) -> dict[str, Any]:
    """A contest as the answers that say it."""
    name = {language: contest.say(language) for language in spoken}
    return {
        "key": contest.key,
        "begins": contest.begins,
        "ends": contest.ends,
        "by": str(contest.by),
        "prizes": write_prizes(contest.prizes),
        **list_names(name, "name", spoken),
    }


def read_moment(said: str) -> str | None:
    """A day, with a time behind it or without, where the shop is, as the file has it: `2026-12-01` or `2026-12-01T18:00`."""
    plain = unicodedata.normalize("NFKC", said).strip()
    day = read_day(plain)
    if day is not None:
        return day
    match = _TIME.fullmatch(plain)
    day = read_day(match[1]) if match is not None else None
    if match is None or day is None or int(match[2]) > 23 or int(match[3]) > 59:
        return None
    return f"{day}T{int(match[2]):02}:{match[3]}"


def ends_too_soon(begins: str, ends: str) -> bool:
    """Whether a contest would be over before it has begun."""
    contest = Contest(key="", name={}, begins=begins, ends=ends, prizes=())
    since, until = contest.find_span(UTC)
    return until <= since


def read_prizes(said: str) -> str | None:
    """A line for each place, as `write_prizes` writes them; None where one of them is no prize, or there are none."""
    lines = [line.strip() for line in unicodedata.normalize("NFKC", said).splitlines() if line.strip()]
    gives = [None if line == NOTHING else _read_give(line) for line in lines]
    wrong = any(give is None for line, give in zip(lines, gives, strict=True) if line != NOTHING)
    if wrong or not 1 <= len(lines) <= PRIZES_LIMIT or gives[-1] is None:
        return None
    return "\n".join(NOTHING if give is None else _write_give(give) for give in gives)


def parse_prizes(written: str) -> list[Prize]:
    """The prizes that `write_prizes` has written."""
    gives = [_read_give(line) if line != NOTHING else None for line in written.splitlines()]
    return [Prize(place=place, give=give) for place, give in enumerate(gives, start=1) if give is not None]


def write_prizes(prizes: Sequence[Prize]) -> str:
    """A line for each place from the first to the last that wins: `500` points, `coupon coffee`, or what somebody hands out."""
    gives = {prize.place: prize.give for prize in prizes}
    return "\n".join(
        _write_give(gives[place]) if place in gives else NOTHING for place in range(1, max(gives, default=0) + 1)
    )


def _write_give(give: Give) -> str:
    if give.kind is GrantKind.POINTS:
        return str(give.amount)
    plain = Give(kind=GrantKind.BY_HAND, what=give.what)
    said = give.what or str(give.amount)
    return said if give == plain and _read_give(said) == give else f"{give.kind} {said}"


def _read_give(line: str) -> Give | None:
    """What a line says a place wins: points, something of a kind that is named first, else what somebody hands out."""
    points = _POINTS.fullmatch(line)
    if points is not None:
        amount = int(points[1])
        return Give(kind=GrantKind.POINTS, amount=amount) if 0 < amount <= NUMBER_LIMIT else None
    word, _, rest = line.partition(" ")
    if word.lower() not in set(TANGIBLE) - {GrantKind.POINTS} or not rest.strip():
        what = read_words(line, NAME_LIMIT)
        return None if what is None else Give(kind=GrantKind.BY_HAND, what=what)
    kind = GrantKind(word.lower())
    if kind is GrantKind.PERCENT:
        share = rest.strip().rstrip("%").strip()
        return Give(kind=kind, amount=int(share)) if share.isdigit() and 0 < int(share) <= HUNDRED else None
    read = {GrantKind.COUPON: read_slug, GrantKind.GIFT: read_gift}.get(kind)
    limit = CODE_LIMIT if kind is GrantKind.CODE else NAME_LIMIT
    what = read(rest) if read is not None else read_words(rest, limit)
    return None if what is None else Give(kind=kind, what=what)

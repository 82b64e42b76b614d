"""How a segment is written: `language:id and friends>=3 and not label:staff`, read and written back in one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.core.segments.conditions import (
    DEEPEST,
    KINDS,
    LENGTH_LIMIT,
    MOST_CONDITIONS,
    AnyOf,
    Both,
    Condition,
    How,
    Not,
    Segment,
    list_conditions,
)
from bot.late import late
from storage.frozen import frozen

if TYPE_CHECKING:
    import difflib
else:
    difflib = late("difflib")


class Why(StrEnum):
    """What cannot be read."""

    EMPTY = "empty"
    LONG = "long"
    NAME = "name"
    """No condition is called so."""
    HOW = "how"
    """It is compared as it cannot be, or not at all."""
    VALUE = "value"
    """What stands behind it cannot."""
    MISSING = "missing"
    """It breaks off where a condition should stand."""
    JOIN = "join"
    """Here should stand and, or."""
    OPEN = "open"
    """This bracket is never closed."""
    CLOSED = "closed"
    """This bracket was never opened."""
    MANY = "many"
    DEEP = "deep"
    NOBODY = "nobody"
    """There is no such language, tier, campaign, list or broadcast."""


class SegmentMistake(ValueError):
    """A segment cannot be read; points at the word."""

    def __init__(self, why: Why, text: str, start: int = 0, end: int = 0, *, hint: str = "") -> None:
        super().__init__(f"{why} at {start}: {text[start:end]!r}")
        self.why = why
        self.text = text
        """All of it, as it was read."""
        self.start = start
        self.end = end
        self.hint = hint
        """What could stand there instead; empty where nothing is alike."""

    @property
    def word(self) -> str:
        """What it is about."""
        return self.text[self.start : self.end]


@frozen(kw_only=False)
class _Token:
    word: str
    start: int
    end: int


_TOKEN = re.compile(r"\(|\)|>=|<=|=>|=<|!=|>|<|=|:|[^\s()<>=:!]+|!")
_WIDE = {0xFEE0 + ord(sign): sign for sign in "()=<>:!&|#"} | {0xFF0C: " ", 0x2265: ">=", 0x2264: "<="}
"""As Chinese keyboards have them, and signs for two."""

AND = frozenset({"and", "&", "&&", "dan", "且", "并且", "和"})
OR = frozenset({"or", "|", "||", "atau", "或", "或者"})
NOT = frozenset({"not", "!", "bukan", "tidak", "非", "不", "不是"})
JOINS = AND | OR
"""What a sentence begins with that goes on with another."""
_COMPARED: Mapping[str, tuple[How | None, int]] = MappingProxyType(
    {">=": (How.AT_LEAST, 0), "=>": (How.AT_LEAST, 0), ">": (How.AT_LEAST, 1), "<": (How.BELOW, 0)}
    | {"<=": (How.BELOW, 1), "=<": (How.BELOW, 1)}
)
"""What it means, and what has to be added to the number."""
_UNITS = {"d": "d", "day": "d", "days": "d", "hari": "d", "天": "d", "日": "d"} | dict.fromkeys(
    ("w", "week", "weeks", "minggu", "周", "星期"), "w"
)


def parse_segment(text: str) -> Segment:
    """Read what was typed; `and` binds closer than `or`, `not` closest.

    Raises:
        SegmentMistake: it cannot be read.
    """
    said = unicodedata.normalize("NFC", text).translate(_WIDE).strip()
    if len(said) > LENGTH_LIMIT:
        raise SegmentMistake(Why.LONG, said)
    return _Parser(said).parse()


def write_segment(segment: Segment) -> str:
    """The one spelling of it, which is read as the same segment."""
    match segment:
        case Condition(name=name, how=How.NEVER):
            return f"never {name}"
        case Condition(name=name, how=how, value=value):
            blank = " " if how.isalpha() else ""
            return f"{name}{blank}{how}{blank}{value}"
        case Not(part=part):
            return f"not {_bracket(part)}"
        case Both(parts=parts):
            return " and ".join(map(_bracket, parts))
        case AnyOf(parts=parts):
            return " or ".join(_bracket(part) if isinstance(part, AnyOf) else write_segment(part) for part in parts)


def _bracket(segment: Segment) -> str:
    written = write_segment(segment)
    return f"({written})" if isinstance(segment, Both | AnyOf) else written


class _Parser:
    """Goes through the words once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_Token(found[0].lower(), found.start(), found.end()) for found in _TOKEN.finditer(text)]
        self._place = 0
        self._depth = 0

    def parse(self) -> Segment:
        if not self._tokens:
            raise SegmentMistake(Why.EMPTY, self._text)
        segment = self._parse_or()
        rest = self._peek()
        if rest is not None:
            raise self._mistake(Why.CLOSED if rest.word == ")" else Why.JOIN, rest)
        if sum(1 for _ in list_conditions(segment)) > MOST_CONDITIONS:
            raise SegmentMistake(Why.MANY, self._text)
        return segment

    def _parse_or(self) -> Segment:
        parts = [self._parse_and()]
        while self._take(OR):
            parts.append(self._parse_and())
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def _parse_and(self) -> Segment:
        parts = [self._parse_not()]
        while self._take(AND):
            parts.append(self._parse_not())
        return parts[0] if len(parts) == 1 else Both(parts=tuple(parts))

    def _parse_not(self) -> Segment:
        token = self._peek()
        if token is None:
            raise SegmentMistake(Why.MISSING, self._text, len(self._text), len(self._text))
        if token.word not in NOT and token.word != "(":
            return self._parse_condition()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._mistake(Why.DEEP, token)
        self._place += 1
        segment = Not(part=self._parse_not()) if token.word in NOT else self._parse_bracket(token)
        self._depth -= 1
        return segment

    def _parse_bracket(self, opening: _Token) -> Segment:
        segment = self._parse_or()
        if not self._take({")"}):
            rest = self._peek()
            raise self._mistake(Why.OPEN if rest is None else Why.JOIN, rest or opening)
        return segment

    def _parse_condition(self) -> Segment:
        token = self._next()
        if token.word in {"never", "has"} and self._peek() is not None:
            return self._parse_turned(token)
        kind = KINDS.get(token.word)
        if kind is None:
            named = token.word not in AND | OR | {")"}
            raise self._mistake(Why.NAME if named else Why.MISSING, token, hint=_guess(token.word))
        sign = self._peek()
        how, more = _read_how(sign.word, kind.hows) if sign is not None else (None, 0)
        if sign is None or how is None:
            raise self._mistake(Why.HOW, token, hint=kind.example)
        self._place += 1
        if how is How.NEVER:
            return Condition(name=token.word, how=how)
        return self._parse_value(token.word, sign.word, how, more)

    def _parse_turned(self, token: _Token) -> Segment:
        """`never shared` and `has balance`."""
        name = self._next()
        if token.word == "has" and name.word == "balance":
            return Condition(name="balance", how=How.AT_LEAST, value="1")
        if token.word == "never" and How.NEVER in KINDS.get(name.word, KINDS["tier"]).hows:
            return Condition(name=name.word, how=How.NEVER)
        raise self._mistake(Why.NAME, name, hint="shared" if token.word == "never" else "balance")

    def _parse_value(self, name: str, sign: str, how: How, more: int) -> Segment:
        kind, token = KINDS[name], self._peek()
        if token is None or token.word in {"(", ")"}:
            raise self._mistake(Why.VALUE, token or self._tokens[self._place - 1], hint=kind.example)
        self._place += 1
        value = self._read_value(name, token)
        if value is None:
            raise self._mistake(Why.VALUE, token, hint=kind.example)
        if how is How.IS and sign == "!=":
            return Not(part=Condition(name=name, how=how, value=value))
        found = Condition(name=name, how=how, value=str(int(value) + more) if more else value)
        if how is How.AT_LEAST and sign in {"=", ":"}:  # neither less nor more
            return Both(parts=(found, Condition(name=name, how=How.BELOW, value=str(int(value) + 1))))
        return found

    def _read_value(self, name: str, token: _Token) -> str | None:
        """What stands behind a condition; `30 days` is read like `30d`."""
        word = token.word
        unit = self._peek()
        if word.isdigit() and unit is not None and unit.word in _UNITS and How.IS not in KINDS[name].hows:
            self._place += 1
            word += _UNITS[unit.word]
        return KINDS[name].read(word)

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self) -> _Token:
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, words: frozenset[str] | set[str]) -> bool:
        token = self._peek()
        taken = token is not None and token.word in words
        self._place += taken
        return taken

    def _mistake(self, why: Why, token: _Token, *, hint: str = "") -> SegmentMistake:
        return SegmentMistake(why, self._text, token.start, token.end, hint=hint)


def _read_how(sign: str, hows: tuple[How, ...]) -> tuple[How | None, int]:
    """How a sign compares where these are the ways; `=` of a number is composed of two."""
    if sign in {":", "=", "!="}:
        wanted = How.IS if How.IS in hows else How.AT_LEAST
        return (wanted if wanted in hows and (sign != "!=" or wanted is How.IS) else None), 0
    if sign in _COMPARED and How.SINCE in hows:
        compared, more = _COMPARED[sign]
        return (None if more else How.SINCE if compared is How.AT_LEAST else How.BEFORE), 0
    if sign in {"<", "<="} and How.WITHIN in hows:
        return How.WITHIN, 0
    said, more = _COMPARED.get(sign, (next((how for how in How if how == sign), None), 0))
    return (said if said in hows else None), more


def _guess(word: str) -> str:
    return next(iter(difflib.get_close_matches(word, [*KINDS, "never", "not"], n=1, cutoff=0.6)), "")

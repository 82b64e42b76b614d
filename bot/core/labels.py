"""Labels: short words by which the team tells members apart, and by which rules can ask for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum, auto
from itertools import islice, product

from bot.core.campaigns.rewards import Rule
from storage.facts import GrantKind

LABEL_LIMIT = 32
LABELS_EACH = 12
"""So many of one member have room on a screen."""
LABELS_LISTED = 24
"""So many different ones are listed."""
MOST_ALIKE = 256
"""So many spellings of a code are looked for."""

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_ALIKE = {
    sign: group for group in ("0o", "1il", "5s", "2z", "8b", "6g", "uv", "3e", "4a", "7t", "9q") for sign in group
}
"""What is taken for each other where it is written down."""


class Labelling(Enum):
    """What came of it."""

    DONE = auto()
    KNOWN = auto()
    """Nothing had to be done."""
    MANY = auto()
    """There is no room for another."""
    NOBODY = auto()
    """Who it was for is no member any more."""


def parse_label(text: str) -> str | None:
    """A label as it is kept, of what was typed: small letters a-z, digits, hyphens between; None for what cannot be one."""
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    label = re.sub(r"[\s_-]+", "-", bare)
    return label if len(label) <= LABEL_LIMIT and _LABEL.fullmatch(label) else None


def parse_labelling(text: str) -> tuple[str, str, bool] | None:
    """`@anna ambassador`, or `@anna -ambassador` to take it away: who, which label, and whether it is given."""
    who, _, said = text.strip().rpartition(" ")
    label = parse_label(said.lstrip("-+\u2212\u2013"))
    return (who.strip(), label, said[:1] not in "-\u2212\u2013") if who.strip() and label else None


def list_named(rules: Iterable[Rule]) -> list[str]:
    """The labels that rules ask for or give, in their order."""
    return list(dict.fromkeys(label for rule in rules for label in (*rule.condition.label, *_list_given(rule))))


def _list_given(rule: Rule) -> list[str]:
    return [rule.give.what] if rule.give.kind is GrantKind.LABEL else []


def list_spellings(code: str) -> list[str]:
    """How else a code may be read or written, itself included: o for 0, l for 1 and the like."""
    return list(islice(_spell(code), MOST_ALIKE))


def _spell(code: str) -> Iterator[str]:
    yield code
    yield from ("".join(signs) for signs in product(*(_ALIKE.get(sign, sign) for sign in code)))

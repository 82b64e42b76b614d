"""What an owner's rule says: when something happens, if it is like this, somebody gets something, at most so often.

How a campaign file says it is read in `reward_blocks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, fields
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.rules import DAYS_LIMIT
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import Side

NUMBER_LIMIT = 1_000_000
AMOUNT_LIMIT = 1_000_000_000_000
"""Minor units of a purchase."""

EVENT_SHOWN = 17
"""Letters of an event's name in a key, so that the longest key fits in."""

_STRANGE = re.compile(r"[^a-z0-9]+")

HUNDRED = 100

TANGIBLE = tuple(kind for kind in GrantKind if kind is not GrantKind.LABEL)
"""What somebody has something of."""

JOIN = "join"
"""The rule that a friend who counts fulfils, as `[points]` says it; each side has one of its own by this name."""

SIDES = MappingProxyType({"inviter": Side.INVITER, "friend": Side.INVITEE})
"""As people say it."""

SIDE_NAMES = MappingProxyType({side: name for name, side in SIDES.items()})


@frozen
class Trigger:
    """What can happen, and which number belongs to it."""

    number: str = ""
    """The field that says how many; empty where there is none to say."""
    highest: int = NUMBER_LIMIT
    usual: int | None = None
    """What holds where the field is left out; None where it has to be said."""
    sides: tuple[Side, ...] = (Side.INVITER, Side.INVITEE)
    """Who can be given something for it."""
    at_least: bool = False
    """Whether a higher number fits as well."""
    named: bool = False
    """Whether its name has to be said: which of the shop's own events it is."""


TRIGGERS: Mapping[str, Trigger] = MappingProxyType(
    {
        "joined": Trigger(),
        "stayed": Trigger(number="days", highest=DAYS_LIMIT),
        "active": Trigger(number="days", highest=DAYS_LIMIT),
        "purchased": Trigger(number="amount", highest=AMOUNT_LIMIT, usual=0, at_least=True),
        "milestone": Trigger(number="friends"),
        "cards_given": Trigger(number="cards", usual=1, sides=(Side.INVITER,)),
        "adopted": Trigger(sides=(Side.INVITER,)),
        "answered": Trigger(sides=(Side.INVITER,)),
        "custom": Trigger(named=True),
    }
)
"""By the word in the file; a capability that knows of something else enters it here."""


@frozen
class Give:
    """What somebody gets."""

    kind: GrantKind
    amount: int = 0
    """Points, or per cent."""
    what: str = ""
    """The code itself, the name of a pool, of a gift, of a privilege, of what a person hands out, the label."""


@frozen
class Limit:
    """At most so often; None for no bound."""

    per_member: int | None = None
    """For one member, as long as the campaign lasts."""
    per_week: int | None = None
    """For one member in a week of the shop's zone, from Monday on."""
    budget: int | None = None
    """In all: points where points are given, pieces of anything else."""
    first: int | None = None
    """In all: how many times."""


@frozen
class Condition:
    """If it is like this; what is empty asks nothing."""

    source: tuple[str, ...] = ()
    """By which way the friend came."""
    language: tuple[str, ...] = ()
    """Which language the friend reads."""
    tier: tuple[str, ...] = ()
    """Which level of honour the inviter has."""
    label: tuple[str, ...] = ()
    """What the team calls the inviter."""
    story: tuple[str, ...] = ()
    """Which story's card brought the friend."""
    nth: int | None = None
    """Which purchase of the friend it is, from 1."""
    since: str = ""
    """From this day on where the shop is, like 2026-12-01."""
    until: str = ""
    """Up to and with this day."""


ANY = Condition()
"""Asks nothing."""

NO_LIMIT = Limit()


@frozen
class Rule:
    """When something happens, somebody gets something."""

    key: str
    """What it is known by over all versions of its campaign: what it has given, and how often, goes by it."""
    when: str
    """One of `TRIGGERS`."""
    who: Side
    give: Give
    number: int = 0
    """How many friends, days, cards; from which amount on."""
    event: str = ""
    """Of a custom event: what the shop's systems call it."""
    condition: Condition = ANY
    limit: Limit = NO_LIMIT
    at_limit: str = "stop"
    """What becomes of it beyond the limit: nothing, it waits in a queue, or the member is told."""
    hold_days: int = 0
    """For so long it is earned and cannot be used yet."""
    valid_days: int = 0
    """For so long it waits at the counter; 0 for ever."""
    on_expiry: str = "replace"
    """What becomes of a coupon that nobody used in time."""
    name: dict[str, str] = field(default_factory=dict)
    """What it is called, by language; empty for what says it by itself."""
    instead_of: str = ""
    """The key of the rule that gives the same side nothing where this one fits; empty for what is given besides."""
    head_start: int = 0
    """How many of the friends of a milestone are given by the shop, because the member has joined."""

    @property
    def friends(self) -> int:
        """How many friends have to come for a milestone; of anything else the number itself."""
        return self.number - self.head_start

    @property
    def trigger(self) -> Trigger:
        """What is known of what has to happen."""
        return TRIGGERS[self.when]

    def call(self, language: str) -> str:
        """What it is called; by what it is, where nobody has said."""
        return self.name.get(language) or next(iter(self.name.values()), "") or self.give.what


def compose_key(when: str, number: int, who: Side, kind: GrantKind, event: str = "") -> str:
    """What a rule without a key is known by: what has to happen, who gets something, and of which kind."""
    counted = f"-{number}" if number and TRIGGERS[when].number else ""
    called = _STRANGE.sub("-", event.lower()).strip("-")[:EVENT_SHOWN].rstrip("-")
    named = f"-{called}" if called else ""
    return f"{when}{counted}{named}-{SIDE_NAMES[who]}-{kind}".replace("_", "-")


def compose_rule(rule: Rule) -> dict[str, Any]:
    """A rule as it is kept in a version: what is as usual is left out, so that later fields change nothing."""
    return {name: value for name, value in _drop_usual(rule).items() if value != {}}


def parse_rule(told: Mapping[str, Any]) -> Rule:
    """Read what `compose_rule` wrote, perhaps by a newer program: what this one does not know is left out."""
    parts = {"give": Give, "condition": Condition, "limit": Limit}
    values = {each.name: told[each.name] for each in fields(Rule) if each.name in told}
    read = {name: _read(kind, values[name]) for name, kind in parts.items() if name in values}
    give = read["give"]
    return Rule(
        **values
        | read
        | {"who": Side(values["who"]), "give": Give(kind=GrantKind(give.kind), amount=give.amount, what=give.what)}
    )


def _drop_usual(said: Any) -> dict[str, Any]:
    """Each field by its name, in order, but for those that are as usual; parts likewise."""
    values: dict[str, Any] = {}
    for each in fields(said):
        value = getattr(said, each.name)
        if isinstance(value, Give | Condition | Limit):
            values[each.name] = _drop_usual(value)
        elif value not in (each.default, ()):
            values[each.name] = list(value) if isinstance(value, tuple) else value
    return values


def _read(kind: type[Any], told: Mapping[str, Any]) -> Any:
    known = {each.name for each in fields(kind)}
    values = {name: value for name, value in told.items() if name in known}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})

"""The rules an owner sets, as a campaign file says them: its `[[rewards]]` blocks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.file import CampaignFile, Path
from bot.core.campaigns.rewards import (
    AMOUNT_LIMIT,
    HUNDRED,
    JOIN,
    NUMBER_LIMIT,
    SIDE_NAMES,
    SIDES,
    TRIGGERS,
    Condition,
    Give,
    Limit,
    Rule,
    compose_key,
)
from bot.core.campaigns.rules import DAYS_LIMIT
from bot.core.campaigns.words import take_words
from bot.core.conversions.bodies import is_event_name
from bot.core.labels import LABEL_LIMIT, parse_label
from bot.core.languages import parse_tag
from storage.facts import GrantKind
from storage.records import Side

RULES_LIMIT = 20
NAME_LIMIT = 48
"""Code points of what something is called: it stands in a sentence and on a button."""

CODE_LIMIT = 64
KEY_LIMIT = 42
"""Code points of a key: the longest that `compose_key` makes fits in, so that it can be written down once its rule says something else."""
AT_LIMIT = ("stop", "queue", "tell")
ON_EXPIRY = ("replace", "tell")

_BLOCK = ("rewards",)


def take_rewards(file: CampaignFile, languages: tuple[str, ...]) -> tuple[Rule, ...]:
    """Read the rules; none, where the file says nothing of them.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(_BLOCK):
        return ()
    value = file.take(_BLOCK, "a block that begins with [[rewards]]")
    if not isinstance(value, list) or not all(isinstance(rule, dict) for rule in value):
        raise file.mistake(_BLOCK, "a rule is a block that begins with [[rewards]], in double brackets.")
    if len(value) > RULES_LIMIT:
        raise file.mistake(_BLOCK, f"there are {len(value)} rules. Write at most {RULES_LIMIT}.")
    rules = tuple(_take_rule(file, (*_BLOCK, place), languages) for place in range(len(value)))
    for place, rule in enumerate(rules):
        if rule.key == JOIN:
            file.note((*_BLOCK, place, "key"), f'"{JOIN}" names what [points] gives. Choose another key.')
        if rule.key and any(rule.key == earlier.key for earlier in rules[:place]):
            named = file.holds((*_BLOCK, place, "key"))
            problem = (
                f'"{rule.key}" names an earlier rule.' if named else "an earlier rule gives the same for the same."
            )
            file.note((*_BLOCK, place, "key"), f'{problem} Give each a key of its own, like key = "second-coffee".')
        _check_head_start(file, (*_BLOCK, place, "head_start"), rule)
        _check_instead(file, (*_BLOCK, place, "instead_of"), rule, rules)
    return rules


def _check_head_start(file: CampaignFile, path: Path, rule: Rule) -> None:
    if rule.head_start and (rule.when != "milestone" or rule.who is not Side.INVITER):
        file.note(path, 'this belongs to when = "milestone" and who = "inviter": it counts towards their friends.')
    elif rule.head_start and rule.number and rule.head_start >= rule.number:
        file.note(path, f"this leaves nobody to bring. Write less than friends = {rule.number}.")


def _check_instead(file: CampaignFile, path: Path, rule: Rule, rules: Sequence[Rule]) -> None:
    """It stands in the place of another that could be given at the same time to the same side."""
    others = {each.key for each in rules if each.when == rule.when and each.who is rule.who and each.key != rule.key}
    if not rule.instead_of:
        return
    if rule.instead_of != JOIN:
        if rule.instead_of not in others:
            file.note(path, f'"{rule.instead_of}" is no other rule with the same when and who. Write its key.')
        return
    if rule.when != "joined" or rule.give.kind is not GrantKind.POINTS:
        file.note(
            path, f'"{JOIN}" is what [points] gives: points, when = "joined". Write this rule so, or leave this out.'
        )
    elif rule.hold_days or rule.limit != Limit() or "at_limit" in file.take(path[:-1], ""):
        file.note(path, f'"{JOIN}" is what [points] gives at once and without limit. Leave out limit and hold_days.')


def take_give(file: CampaignFile, path: Path, kinds: Collection[GrantKind] = ()) -> Give:
    """Read what is given: one thing, like `{ points = 50 }`, of these kinds; of any where none are named.

    Raises:
        CampaignMistake: it is none that can be given.
    """
    names = [str(kind) for kind in kinds or GIVES]
    given = file.take_table(path, names)
    known = [name for name in names if name in given]
    if len(known) != 1:
        raise file.mistake(path, f"this gives one thing. Write one of: {', '.join(names)}; for a second another block.")
    kind = GrantKind(known[0])
    return GIVES[kind](file, (*path, known[0]), kind)


def list_values(rule: Rule) -> dict[str, Any]:
    """A rule as a block of a campaign file, but for its names; None for what is as usual."""
    condition = {("from" if name == "since" else name): value for name, value in _list_said(rule.condition).items()}
    trigger, usual = rule.trigger, {each.name: each.default for each in fields(Rule)}
    plain = ("at_limit", "hold_days", "valid_days", "on_expiry", "instead_of", "head_start")
    return {
        "when": rule.when,
        **({trigger.number: rule.number} if trigger.number and rule.number != trigger.usual else {}),
        **({"event": rule.event} if trigger.named else {}),
        "who": SIDE_NAMES[rule.who],
        **{name: getattr(rule, name) if getattr(rule, name) != usual[name] else None for name in plain},
        "give": {str(rule.give.kind): rule.give.what or rule.give.amount},
        "if": condition or None,
        "limit": _list_said(rule.limit) or None,
    }


def find_key(block: Mapping[str, Any]) -> str:
    """The key of a block that `take_rewards` has read."""
    if "key" in block:
        return str(block["key"])
    trigger = TRIGGERS[block["when"]]
    number = block.get(trigger.number, trigger.usual) if trigger.number else 0
    kind = GrantKind(next(iter(block["give"])))
    return compose_key(block["when"], number or 0, SIDES[block["who"]], kind, block.get("event", ""))


def _take_rule(file: CampaignFile, path: Path, languages: tuple[str, ...]) -> Rule:
    attempt, numbers = file.attempt, {each.number for each in TRIGGERS.values()} - {""}
    given = file.take_table(path, ["key", "when", *sorted(numbers), "event", "who", *_NAMES])
    when = attempt("joined", file.take_choice, (*path, "when"), TRIGGERS)
    number = attempt(0, _take_number, file, path, when, numbers & given.keys())
    event = attempt("", _take_event, file, path, when, said="event" in given)
    who = attempt(Side.INVITER, _take_side, file, path, when)
    give = attempt(Give(kind=GrantKind.POINTS, amount=1), take_give, file, (*path, "give"))
    options = {
        name: attempt(usual, take, file, (*path, name)) for name, (usual, take) in OPTIONS.items() if name in given
    }
    return Rule(
        key=attempt("", file.take_slug, (*path, "key"), KEY_LIMIT)
        if "key" in given
        else compose_key(when, number, who, give.kind, event),
        when=when,
        number=number,
        event=event,
        who=who,
        give=give,
        condition=attempt(Condition(), _take_condition, file, (*path, "if")) if "if" in given else Condition(),
        limit=attempt(Limit(), _take_limit, file, (*path, "limit")) if "limit" in given else Limit(),
        name=attempt({}, take_words, file, (*path, "name"), NAME_LIMIT, languages) if "name" in given else {},
        **options,
    )


def _take_number(file: CampaignFile, path: Path, when: str, said: set[str]) -> int:
    """How many, under the one name that belongs to what happens."""
    trigger = TRIGGERS[when]
    for other in sorted(said - {trigger.number}):
        needed = f"it needs {trigger.number}." if trigger.number else "it counts nothing."
        file.note((*path, other), f'this does not belong to when = "{when}": {needed}')
    if not trigger.number or (trigger.number not in said and trigger.usual is not None):
        return trigger.usual or 0
    return file.take_whole_number((*path, trigger.number), trigger.highest)


def _take_event(file: CampaignFile, path: Path, when: str, *, said: bool) -> str:
    """Which of the shop's own events it is, as its systems report it."""
    if not TRIGGERS[when].named:
        if said:
            file.note((*path, "event"), f'this does not belong to when = "{when}". Leave it out.')
        return ""
    event = file.take_text((*path, "event"), NAME_LIMIT, '"newsletter"')
    if not is_event_name(event):
        raise file.mistake((*path, "event"), "an event has a name of letters, digits and . _ : - alone.")
    return event


def _take_side(file: CampaignFile, path: Path, when: str) -> Side:
    return SIDES[file.take_choice((*path, "who"), [SIDE_NAMES[side] for side in TRIGGERS[when].sides])]


def _take_amount(highest: int) -> Callable[[CampaignFile, Path, GrantKind], Give]:
    return lambda file, path, kind: Give(kind=kind, amount=file.take_whole_number(path, highest))


def _take_what(file: CampaignFile, path: Path, kind: GrantKind) -> Give:
    return Give(kind=kind, what=file.take_text(path, CODE_LIMIT, f'"{_EXAMPLES[kind]}"'))


def _take_pool(file: CampaignFile, path: Path, kind: GrantKind) -> Give:
    return Give(kind=kind, what=file.take_slug(path))


def _take_label(file: CampaignFile, path: Path, kind: GrantKind) -> Give:
    said = file.take_text(path, LABEL_LIMIT, '"regular"')
    if parse_label(said) != said:
        raise file.mistake(path, f'"{said}" is no label. Write small letters, digits and hyphens, like regular.')
    return Give(kind=kind, what=said)


_EXAMPLES = {
    GrantKind.CODE: "WELCOME10",
    GrantKind.GIFT: "5170233102089322756",
    GrantKind.PRIVILEGE: "a table by the window",
    GrantKind.BY_HAND: "a bag of rolls",
}

GIVES: Mapping[GrantKind, Callable[[CampaignFile, Path, GrantKind], Give]] = MappingProxyType(
    {
        GrantKind.POINTS: _take_amount(NUMBER_LIMIT),
        GrantKind.CODE: _take_what,
        GrantKind.COUPON: _take_pool,
        GrantKind.PERCENT: _take_amount(HUNDRED),
        GrantKind.GIFT: _take_what,
        GrantKind.PRIVILEGE: _take_what,
        GrantKind.BY_HAND: _take_what,
        GrantKind.LABEL: _take_label,
    }
)
"""What can be given, and how the file says it."""


def _take_limit(file: CampaignFile, path: Path) -> Limit:
    names = [each.name for each in fields(Limit)]
    given = file.take_table(path, names)
    return Limit(
        **{
            name: file.attempt(None, file.take_whole_number, (*path, name), AMOUNT_LIMIT)
            for name in names
            if name in given
        }
    )


def _take_condition(file: CampaignFile, path: Path) -> Condition:
    given = file.take_table(path, [*CONDITIONS])
    read = {
        name: file.attempt(None, take, file, (*path, said))
        for said, (name, take) in CONDITIONS.items()
        if said in given
    }
    condition = Condition(**{name: value for name, value in read.items() if value is not None})
    if condition.since and condition.until and condition.until < condition.since:
        file.note((*path, "until"), f"{condition.until} is before {condition.since}. Let it end after it begins.")
    return condition


def _take_list(file: CampaignFile, path: Path) -> tuple[str, ...]:
    """One word, or several in a list."""
    value = file.take(path, f'{path[-1]} = "…"')
    if not isinstance(value, list):
        return (file.take_text(path, NAME_LIMIT),)
    if not value:
        raise file.mistake(path, "this list is empty. Write at least one, or take the line out.")
    return tuple(file.take_text((*path, place), NAME_LIMIT) for place in range(len(value)))


def _take_slugs(file: CampaignFile, path: Path) -> tuple[str, ...]:
    """Short names for machines, likewise."""
    if not isinstance(file.take(path, f'{path[-1]} = "…"'), list):
        return (file.take_slug(path),)
    return tuple(file.take_slug((*path, place)) for place in range(len(_take_list(file, path))))


def _take_languages(file: CampaignFile, path: Path) -> tuple[str, ...]:
    named = _take_list(file, path)
    for name in named:
        if name != parse_tag(name):
            raise file.mistake(path, f'"{name}" is no language. Write its code of two or three letters, like en or id.')
    return named


def _take_day(file: CampaignFile, path: Path) -> str:
    value = file.take(path, f"{path[-1]} = 2026-12-01")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise file.mistake(path, f"this must be a day, like {path[-1]} = 2026-12-01") from None


def _take_days(file: CampaignFile, path: Path) -> int:
    return file.take_whole_number(path, DAYS_LIMIT)


def _take_count(file: CampaignFile, path: Path) -> int:
    return file.take_whole_number(path, NUMBER_LIMIT)


def _take_choice_of(choices: tuple[str, ...]) -> Callable[[CampaignFile, Path], str]:
    return lambda file, path: file.take_choice(path, choices)


CONDITIONS: Mapping[str, tuple[str, Callable[[CampaignFile, Path], Any]]] = MappingProxyType(
    {
        "source": ("source", _take_list),
        "language": ("language", _take_languages),
        "tier": ("tier", _take_list),
        "label": ("label", _take_slugs),
        "story": ("story", _take_slugs),
        "nth": ("nth", _take_count),
        "from": ("since", _take_day),
        "until": ("until", _take_day),
    }
)
"""By the word in the file: which field it is, and how it is read."""

LISTS = ("source", "language", "tier", "label", "story")
"""Where one word may stand in the place of a list."""

OPTIONS: Mapping[str, tuple[Any, Callable[[CampaignFile, Path], Any]]] = MappingProxyType(
    {
        "hold_days": (0, _take_days),
        "valid_days": (0, _take_days),
        "at_limit": ("stop", _take_choice_of(AT_LIMIT)),
        "on_expiry": ("replace", _take_choice_of(ON_EXPIRY)),
        "instead_of": ("", CampaignFile.take_slug),
        "head_start": (0, _take_count),
    }
)
_NAMES = ("give", "if", "limit", *OPTIONS, "name")


def _list_said(said: Condition | Limit) -> dict[str, Any]:
    values = {name: value for name, value in asdict(said).items() if value not in (None, (), "")}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def check_stories(file: CampaignFile, rewards: Sequence[Rule], told: Sequence[str]) -> None:
    """A rule can ask for a story that is told here."""
    for place, rule in enumerate(rewards):
        for key in rule.condition.story:
            if key not in told:
                problem = f'no story is called "{key}". Write one of: {", ".join(told)}.'
                file.note(("rewards", place, "if", "story"), problem)

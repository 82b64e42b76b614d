"""A rule in a dialogue: which questions belong to it, what the answers make of it, and a rule as answers again.

Answers lie under the names of their questions, as JSON can hold them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from bot.core.campaigns.part_answers import (
    KEEP,
    MORE,
    NONE,
    ask_names,
    compose_names,
    drop_names,
    list_names,
    name_steps,
)
from bot.core.campaigns.rewards import (
    SIDE_NAMES,
    SIDES,
    TRIGGERS,
    Condition,
    Give,
    Limit,
    Rule,
    compose_key,
    compose_rule,
)
from storage.facts import GrantKind

Answers = Mapping[str, Any]

NUMBERS = frozenset({trigger.number for trigger in TRIGGERS.values()} - {""})
NAMED = frozenset({GrantKind.PRIVILEGE, GrantKind.BY_HAND})
"""What is told by its name alone, which can be said in each language."""

CALLS = "calls"
"""The question of which label is given; `label` is the one of whom a rule is for."""

MEMBER, WEEK, FIRST, BUDGET = "member", "week", "first", "budget"
LIMITS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        NONE: {"per_member": None, "per_week": None, FIRST: None, BUDGET: None},
        MEMBER: {"per_member": 1},
        WEEK: {"per_week": 1},
        FIRST: {},
        BUDGET: {},
    }
)
"""What can be tapped, and what that says at once; the last two ask for their number."""

CONDITIONS = ("source", "language", "tier", "label", "story", "nth", "since", "until")
OPTIONS = ("hold_days", "valid_days", "at_limit", "on_expiry", "instead_of", "head_start")
_WHOLE = frozenset({*NUMBERS, "points", "percent", FIRST, BUDGET, "nth", "hold_days", "valid_days", "head_start"})
"""What is a number also where it was tapped."""

_LISTS = frozenset({"source", "language", "tier", "label", "story"})


def order_reward(answers: Answers) -> Sequence[str]:
    """The questions that lead to a rule; where one thing of it is changed, those of that, between two looks at the whole."""
    only = answers.get("only")
    if only:
        return (KEEP, *_CHANGES[only](answers), KEEP)
    return (*_order_when(answers), *_order_who(answers), *_order_give(answers), *_order_limit(answers), KEEP)


def take_reward(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more; what does not fit to it any more is asked anew."""
    if isinstance(value, str) and step in _WHOLE and value != NONE:
        value = int(value)
    if step in _LISTS and isinstance(value, str) and value != NONE:
        value = [value]
    taken = {**answers, step: None if value == NONE else value}
    if step == KEEP:
        return {**taken, "only": "" if value == KEEP else value, MORE: ""}
    if step == "name_1" and value in {NONE, None}:
        return drop_names(answers)
    if step == "limit":
        return {**taken, step: value, **LIMITS[str(value)]}
    if step == "when":
        return _take_when(taken)
    if step == "kind":
        gone = {name_give(kind): None for kind in GrantKind}
        return drop_names({**taken, **gone})
    return drop_names(taken) if step in NAMED else taken


def compose_reward(answers: Answers, former: Rule | None) -> Rule:
    """The rule that the answers say; what no question is about stays as it was in the former one.

    The key of a new one says what it is and for whom.
    """
    when, kind, side = answers["when"], GrantKind(answers["kind"]), SIDES[answers["who"]]
    trigger = TRIGGERS[when]
    number = (answers.get(trigger.number) or trigger.usual or 0) if trigger.number else 0
    said, event = answers[name_give(kind)], str(answers.get("event") or "") if trigger.named else ""
    give = Give(kind=kind, amount=said) if isinstance(said, int) else Give(kind=kind, what=said)
    key = answers.get("key") or compose_key(when, number, side, kind, event)
    started = former or Rule(key=key, when=when, who=side, give=give)
    return replace(
        started,
        key=key,
        when=when,
        number=number,
        event=event,
        who=side,
        give=give,
        condition=replace(started.condition, **_list_condition(answers)),
        limit=Limit(**{name: answers.get(name) for name in ("per_member", "per_week", BUDGET, FIRST)}),
        name=compose_names(answers, "name", give.what if kind in NAMED else ""),
        hold_days=answers.get("hold_days") or 0,
        valid_days=answers.get("valid_days") or 0,
        at_limit=answers.get("at_limit") or "stop",
        on_expiry=answers.get("on_expiry") or "replace",
        instead_of=answers.get("instead_of") or "",
        head_start=answers.get("head_start") or 0,
    )


def list_reward_answers(rule: Rule, languages: Sequence[str]) -> dict[str, Any]:
    """A rule as the answers that say it."""
    told, kind = compose_rule(rule), rule.give.kind
    condition: Mapping[str, Any] = told.get("condition", {})
    return {
        "key": rule.key,
        "when": rule.when,
        **({rule.trigger.number: rule.number} if rule.trigger.number else {}),
        **({"event": rule.event} if rule.trigger.named else {}),
        "who": SIDE_NAMES[rule.who],
        "kind": str(kind),
        name_give(kind): rule.give.what or rule.give.amount,
        **told.get("limit", {}),
        **{name: condition[name] for name in CONDITIONS if name in condition},
        **{name: told[name] for name in OPTIONS if name in told},
        **list_names(rule.name, "name", languages),
    }


def _take_when(taken: dict[str, Any]) -> dict[str, Any]:
    trigger = TRIGGERS[taken["when"]]
    gone = dict.fromkeys((*NUMBERS, "event"))
    sides = [SIDE_NAMES[side] for side in trigger.sides]
    who = taken.get("who") if taken.get("who") in sides or len(sides) > 1 else sides[0]
    return {**taken, **gone, "who": who, "nth": taken.get("nth") if taken["when"] == "purchased" else None}


def _order_when(answers: Answers) -> tuple[str, ...]:
    trigger = TRIGGERS[answers["when"]] if answers.get("when") else None
    if trigger is None:
        return ("when",)
    return ("when", *([trigger.number] if trigger.number else []), *(["event"] if trigger.named else []))


def _order_who(answers: Answers) -> tuple[str, ...]:
    alone = bool(answers.get("when")) and len(TRIGGERS[answers["when"]].sides) == 1
    return () if alone else ("who",)


def _order_give(answers: Answers) -> tuple[str, ...]:
    kind = answers.get("kind")
    if not kind:
        return ("kind",)
    return ("kind", kind, *name_steps("name", answers)[1:]) if kind in NAMED else ("kind", name_give(GrantKind(kind)))


def name_give(kind: GrantKind) -> str:
    """The question of what exactly is given."""
    return CALLS if kind is GrantKind.LABEL else str(kind)


def _order_limit(answers: Answers) -> tuple[str, ...]:
    limit = answers.get("limit")
    return ("limit", limit) if limit in {FIRST, BUDGET} else ("limit",)


def _order_more(answers: Answers) -> tuple[str, ...]:
    more = answers.get(MORE)
    if not more:
        return (MORE,)
    return (MORE, *ask_names("name", answers)) if more == "name" else (MORE, more)


def _list_condition(answers: Answers) -> dict[str, Any]:
    usual = Condition()
    return {
        name: tuple(answers.get(name) or ()) if name in _LISTS else answers.get(name) or getattr(usual, name)
        for name in CONDITIONS
    }


_CHANGES = {"when": _order_when, "who": _order_who, "give": _order_give, "limit": _order_limit, MORE: _order_more}
CHANGES = tuple(_CHANGES)
"""What of a rule can be changed."""

"""An item of the catalogue in a dialogue: its questions, what the answers make of it, and an item as answers again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.core.campaigns.catalogue import VALID_DAYS, CatalogueItem
from bot.core.campaigns.part_answers import KEEP, NONE, ask_names, compose_names, list_names
from bot.core.campaigns.parts import compose_slug
from bot.core.campaigns.rewards import Give
from storage.facts import GrantKind

Answers = Mapping[str, Any]

CHANGES = ("name", "kind", "price", "stock", "per_member", "valid_days", "picture")
"""What of an item can be changed."""

BY_NAME = frozenset({GrantKind.PRIVILEGE, GrantKind.BY_HAND})
"""What needs no more than its name."""

_WHOLE = frozenset({"price", "stock", "per_member", "valid_days", "percent"})


def order_item(answers: Answers) -> Sequence[str]:
    """The questions that lead to an item; where one thing of it is changed, that, between two looks at the whole."""
    only = answers.get("only")
    if not only:
        return (*ask_names("name", answers), *_order_kind(answers), "price", "stock", KEEP)
    if only == "name":
        return (KEEP, *ask_names("name", answers), KEEP)
    return (KEEP, *(_order_kind(answers) if only == "kind" else (only,)), KEEP)


def take_item(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    if isinstance(value, str) and step in _WHOLE and value != NONE:
        value = int(value)
    gone = {str(kind): None for kind in GrantKind} if step == "kind" else {}
    return {**answers, **gone, step: None if value == NONE else value}


def compose_item(answers: Answers, former: CatalogueItem | None) -> CatalogueItem:
    """The item that the answers say; what no question is about stays as it was in the former one."""
    name = compose_names(answers, "name")
    key = answers.get("key") or compose_slug(name[answers["spoken"][0]], "item")
    started = former or CatalogueItem(key=key, price=answers["price"], name=name)
    return replace(
        started,
        key=key,
        price=answers["price"],
        name=name,
        stock=answers.get("stock"),
        per_member=answers.get("per_member"),
        valid_days=answers.get("valid_days") or VALID_DAYS,
        give=_compose_give(answers, name),
        picture=answers.get("picture") or "",
    )


def list_item_answers(item: CatalogueItem, spoken: Sequence[str]) -> dict[str, Any]:
    """An item as the answers that say it."""
    said = {"price": item.price, "stock": item.stock, "per_member": item.per_member, "valid_days": item.valid_days}
    given = {str(item.kind): item.give.what or item.give.amount} if item.give is not None else {}
    name = {language: item.say(language) for language in spoken}
    shown = {"kind": str(item.kind), "picture": item.picture or None}
    return {"key": item.key, **said, **shown, **given, **list_names(name, "name", spoken)}


def _order_kind(answers: Answers) -> tuple[str, ...]:
    kind = answers.get("kind")
    return ("kind",) if not kind or kind in BY_NAME else ("kind", kind)


def _compose_give(answers: Answers, name: Mapping[str, str]) -> Give | None:
    """What is handed out under its name needs no word of its own; one that it had stays."""
    kind = GrantKind(answers["kind"])
    said = answers.get(kind)
    if kind is GrantKind.BY_HAND and not said:
        return None
    if isinstance(said, int):
        return Give(kind=kind, amount=said)
    return Give(kind=kind, what=said or name[answers["spoken"][0]])

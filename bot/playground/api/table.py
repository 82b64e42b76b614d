"""The Bot API's methods and types, as the table in assets describes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.assets import ASSETS

Types = tuple[str, ...]
"""Alternatives, in the table's words: String, Integer, Array of X, a type's name."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A method's parameters or a type's fields."""

    name: str
    fields: dict[str, Types] = field(default_factory=dict)
    required: Types = ()
    fixed: dict[str, str] = field(default_factory=dict)
    """Fields that have one value, by which kinds of a union are told apart."""
    one_of: Types = ()
    returns: Types = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Methods by lower-case name, types by name."""

    version: str
    methods: dict[str, Shape]
    types: dict[str, Shape]


@cache
def load_table() -> Table:
    """Return the table that ships with the program."""
    raw = json.loads((ASSETS / "playground" / "bot-api.json").read_text(encoding="utf-8"))
    methods = (_read_shape(name, entry) for name, entry in raw["methods"].items())
    types = {name: _read_shape(name, entry) for name, entry in raw["types"].items()}
    return Table(raw["version"], {shape.name.lower(): shape for shape in methods}, types)


def _read_shape(name: str, entry: dict[str, Any]) -> Shape:
    return Shape(
        name=name,
        fields={key: tuple(types) for key, types in entry.get("fields", {}).items()},
        required=tuple(entry.get("required", ())),
        fixed=entry.get("fixed", {}),
        one_of=tuple(entry.get("one_of", ())),
        returns=tuple(entry.get("returns", ())),
    )

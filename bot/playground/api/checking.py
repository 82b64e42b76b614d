"""Holds a call, and everything nested in it, against the table."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from bot.playground.api.table import Shape, Table, Types

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_FLOAT = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE]-?[0-9]+)?")
_BOOLEANS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}
_SIMPLE = {"String", "Integer", "Float", "Boolean", "InputFile"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    data: bytes
    content_type: str = ""

    def __repr__(self) -> str:
        return f"<{self.name or 'file'}, {len(self.data)} bytes>"


class Args(dict[str, Any]):
    """A call's parameters with their real types, and the files attached to it."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        super().__init__(values)
        self.files = dict(files or {})


@dataclass(frozen=True, slots=True)
class Verdict:
    """A call's parameters, what is missing, and what breaks the contract."""

    args: Args
    missing: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_call(table: Table, shape: Shape, raw: Mapping[str, Any], *, strict: bool = True) -> Verdict:
    """Give raw parameters their types; with `strict`, name every breach of the table."""
    problems: list[str] = []
    values = {}
    files = {name: value for name, value in raw.items() if isinstance(value, Upload)}
    for name, value in raw.items():
        types = shape.fields.get(name)
        if types is not None:
            read = _judge_text if isinstance(value, str) and _SIMPLE.isdisjoint(types) else _judge
            values[name], found = read(table, types, value, name)
            problems += found
        elif name not in files:
            problems.append(f"unknown parameter {name!r}")
    problems += _list_unused(files, raw, shape)
    missing = [name for name in shape.required if name not in values]
    return Verdict(Args(values, files), missing, problems if strict else [])


def _judge(table: Table, types: Types, value: Any, name: str) -> tuple[Any, list[str]]:
    """Return a parameter with its type, and what is wrong with it."""
    typed = _read_value(types, value)
    problems: list[str] = []
    if type(typed) is not str or "String" not in types:
        check_value(table, types, typed, name, problems)
    return typed, problems


@lru_cache(maxsize=512)
def _judge_text(table: Table, types: Types, text: str, name: str) -> tuple[Any, list[str]]:
    """Likewise for JSON in a form: the same keyboard comes again and again, and nobody changes it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text, [f"{name} is no JSON"]
    return _judge(table, types, value, name)


def check_value(table: Table, types: Types, value: Any, path: str, problems: list[str]) -> None:
    """Add to `problems` everything about a typed value that its alternatives do not allow."""
    listed = tuple(kind.removeprefix("Array of ") for kind in types if kind.startswith("Array of "))
    if len(listed) > 1 and isinstance(value, list):  # an album: each item is one of the kinds
        for place, item in enumerate(value):
            check_value(table, listed, item, f"{path}[{place}]", problems)
        return
    found: list[list[str]] = []
    for kind in types:
        mine: list[str] = []
        _check_one(table, kind, value, path, mine)
        if not mine:
            return
        found.append(mine)
    _, mine = min((len(mine), mine) for mine in found)
    problems.extend(mine)


def _read_value(types: Types, value: Any) -> Any:
    """Return a parameter as JSON would say it: forms and query strings say everything as text."""
    if not isinstance(value, str):
        return value
    if "Integer" in types and _INTEGER.fullmatch(value):
        return int(value)
    if "Boolean" in types and value in _BOOLEANS:
        return _BOOLEANS[value]
    if "Float" in types and _FLOAT.fullmatch(value):
        return float(value)
    return value


def _list_unused(files: Mapping[str, Upload], raw: Mapping[str, Any], shape: Shape) -> list[str]:
    if not files:
        return []
    words = json.dumps([value for value in raw.values() if not isinstance(value, Upload)])
    return [f"unused file {name!r}" for name in files if name not in shape.fields and f"attach://{name}" not in words]


def _check_one(table: Table, kind: str, value: Any, path: str, problems: list[str]) -> None:
    if kind.startswith("Array of "):
        _check_array(table, kind.removeprefix("Array of "), value, path, problems)
    elif kind in _SIMPLE:
        if not _is_simple(kind, value):
            problems.append(f"{path} must be {kind}, not {_describe(value)}")
    elif not isinstance(value, dict):
        problems.append(f"{path} must be {kind}, not {_describe(value)}")
    else:
        _check_object(table, table.types[kind], value, path, problems)


def _check_array(table: Table, kind: str, value: Any, path: str, problems: list[str]) -> None:
    if not isinstance(value, list):
        problems.append(f"{path} must be an array, not {_describe(value)}")
        return
    for place, item in enumerate(value):
        _check_one(table, kind, item, f"{path}[{place}]", problems)


def _check_object(table: Table, shape: Shape, value: Mapping[str, Any], path: str, problems: list[str]) -> None:
    if shape.one_of:
        check_value(table, _choose_kinds(table, shape, value), value, path, problems)
        return
    for name, expected in shape.fixed.items():
        if value.get(name, expected) != expected:
            problems.append(f"{path}.{name} must be {expected!r}")
    for name, field_value in value.items():
        types = shape.fields.get(name)
        if types is None:
            problems.append(f"unknown field {path}.{name} of {shape.name}")
        else:
            check_value(table, types, field_value, f"{path}.{name}", problems)
    problems.extend(f"{path}.{name} of {shape.name} is missing" for name in shape.required if name not in value)


def _choose_kinds(table: Table, shape: Shape, value: Mapping[str, Any]) -> Types:
    """Return the kinds of a union whose fixed fields agree with the value; all of them where none does."""
    fitting = [kind for kind in shape.one_of if _fits(table.types[kind], value)]
    return tuple(fitting) or shape.one_of


def _fits(shape: Shape, value: Mapping[str, Any]) -> bool:
    return all(value.get(name) == expected for name, expected in shape.fixed.items())


def _is_simple(kind: str, value: Any) -> bool:
    if kind == "Boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind == "String":
        return isinstance(value, str)
    if kind == "InputFile":
        return isinstance(value, Upload)
    return isinstance(value, int) or (kind == "Float" and isinstance(value, float))


def _describe(value: Any) -> str:
    return repr(value) if len(repr(value)) < 60 else type(value).__name__

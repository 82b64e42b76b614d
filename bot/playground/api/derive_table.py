"""Derives the compact table of methods and types from a full description of the Bot API.

Run as `python -m bot.playground.api.derive_table description.json table.json`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

# "Type of the result, must be photo" and "always "user"" are how the description says that a field has one value.
_FIXED = re.compile(r"(?:must be|always) [\"“]?([a-z0-9_]+)[\"”]?$")


def derive_table(description: dict[str, Any]) -> dict[str, Any]:
    """Return names, types and what is required of every method and type, without the prose."""
    return {
        "version": description["version"],
        "methods": {name: _derive_method(method) for name, method in sorted(description["methods"].items())},
        "types": {name: _derive_type(kind) for name, kind in sorted(description["types"].items())},
    }


def dump_table(table: dict[str, Any]) -> str:
    """Return the table as JSON with one method or type a line, so that a change of it reads well."""
    groups = (f'"{key}": {{\n{_dump_lines(table[key])}\n}}' for key in ("methods", "types"))
    return f'{{"version": {json.dumps(table["version"])},\n' + ",\n".join(groups) + "}\n"


def _dump_lines(group: dict[str, Any]) -> str:
    compact = (f"{json.dumps(name)}:{json.dumps(entry, separators=(',', ':'))}" for name, entry in group.items())
    return ",\n".join(compact)


def _derive_method(method: dict[str, Any]) -> dict[str, Any]:
    return {"returns": method["returns"], **_derive_fields(method.get("fields", []))}


def _derive_type(kind: dict[str, Any]) -> dict[str, Any]:
    if kind.get("subtypes"):
        return {"one_of": kind["subtypes"]}
    fields = kind.get("fields", [])
    fixed = {field["name"]: found[1] for field in fields if (found := _FIXED.search(field["description"]))}
    fixed = {name: value for name, value in fixed.items() if name in {"type", "status", "source"}}
    return _derive_fields(fields) | ({"fixed": fixed} if fixed else {})


def _derive_fields(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "required": [field["name"] for field in fields if field["required"]],
        "fields": {field["name"]: field["types"] for field in fields},
    }


def main(source: str, target: str) -> None:
    """Read the description at `source` and write the table to `target`."""
    description = json.loads(Path(source).read_text(encoding="utf-8"))
    Path(target).write_text(dump_table(derive_table(description)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

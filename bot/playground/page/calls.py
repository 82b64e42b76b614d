"""What the bot asked of Telegram, as the page tells it."""

from __future__ import annotations

import json
from typing import Any

from bot.playground.world import Call, Chat, World

MOST_CALLS = 60
MOST_VIOLATIONS = 50
_LOOK_BACK = 2000  # calls looked at to find those worth showing: an idle bot's polls are not
_LONGEST = 600  # characters of a parameter
_SHORT = 140
_SAYING = ("text", "caption", "action", "commands", "url", "allowed_updates", "name", "description", "file_id")


def render_journal(world: World) -> dict[str, Any]:
    """Return the latest calls, newest first, and every breach of the contract; polls only where they failed."""
    calls = []
    for _, call in zip(range(_LOOK_BACK), reversed(world.journal.calls), strict=False):
        if call.method != "getUpdates" or call.error or call.fault:
            calls.append(_render_call(world, call))
        if len(calls) == MOST_CALLS:
            break
    breaches = world.violations[: -MOST_VIOLATIONS - 1 : -1]
    violations = [{"at": one.at // 1000, "method": one.method, "words": one.words} for one in breaches]
    total = world.journal.total - world.journal.counts["getUpdates"]
    return {"total": total, "calls": calls, "violations": violations, "broken": len(world.violations)}


def _render_call(world: World, call: Call) -> dict[str, Any]:
    return {
        "number": call.number,
        "at": call.at // 1000,
        "method": call.method,
        "status": call.status,
        "ok": call.is_ok,
        "error": call.error,
        "fault": call.fault,
        "to": _name_target(world, call.params),
        "summary": _summarise(call.params),
        "params": {name: _write(value)[:_LONGEST] for name, value in call.params.items()},
    }


def _name_target(world: World, params: dict[str, Any]) -> str:
    target = params.get("chat_id", params.get("user_id", ""))
    named = world.names.get(target.removeprefix("@").lower()) if isinstance(target, str) else world.chats.get(target)
    if not isinstance(named, Chat):
        return str(target)
    return named.get_person().full_name if named.is_private else named.title


def _summarise(params: dict[str, Any]) -> str:
    words = next((_write(params[name]) for name in _SAYING if params.get(name)), "")
    return " ".join(words.split())[:_SHORT]


def _write(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=repr)

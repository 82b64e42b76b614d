"""What the bot does in answer to somebody: everything it sends, edits or deletes but what it says at its own pace."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator

from bot.assets import ASSETS
from bot.playground.world.journal import Call, Journal

ACTS = ("send", "edit", "delete", "copy")


def list_acts(journal: Journal) -> list[Call]:
    """The calls that answer somebody, oldest first; menus and what owners hear of the bot's own health come when they come."""
    return [
        call
        for call in journal.calls
        if call.method.startswith(ACTS)
        and not call.method.endswith("MyCommands")
        and not is_alarm(str(call.params.get("text", "")))
    ]


def is_alarm(text: str) -> bool:
    """Whether owners hear by it of the bot's own health, which answers nobody."""
    return _ALARM.fullmatch(text) is not None


def _list_alarms() -> Iterator[str]:
    for path in sorted((ASSETS / "locales").glob("*.toml")):
        yield from _list_texts(tomllib.loads(path.read_text("utf-8"))["alarm"].values())


def _list_texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _list_texts(value.values())
        else:
            yield re.sub(r"\\{\w+\\}", ".+", re.escape(str(value)))


_ALARM = re.compile("|".join(_list_alarms()))

"""What is loaded late is there when it is wanted."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import bot
import bot.messages
from bot.capabilities import CAPABILITIES
from bot.late import LateName, late, late_pattern
from bot.updates.capability import Registry

ROOT = Path(bot.__file__).parent
REGISTRY = Registry(CAPABILITIES)


def list_declared() -> Iterator[object]:
    """Everything that a capability names of other files."""
    for each in CAPABILITIES:
        yield from (*each.commands.values(), *each.buttons.values(), *each.documents.values())
        yield from (*each.flows.values(), *each.notices.values(), *(job.run for job in each.jobs))
        yield from (listener.handler.callback for listener in each.listeners)


def test_whatever_is_declared_is_there() -> None:
    """A handler that is loaded at the first tap only is missed before anybody taps."""
    found = [each.load() for each in list_declared() if isinstance(each, LateName)]

    assert len(found) > 200
    assert all(found)


def test_settings_are_never_late() -> None:
    """They are read at the start, and asked for by the value itself."""
    settings: list[object] = [one for each in CAPABILITIES for one in each.settings]

    assert [one for one in settings if isinstance(one, LateName)] == []


def test_flows_are_declared_by_their_names() -> None:
    """The place of somebody in a dialogue is kept by the flow's own name."""
    assert {name: bound.declared.name for name, bound in REGISTRY.flows.items()} == {
        name: name for name in REGISTRY.flows
    }


def test_every_notice_that_can_be_rendered_is_declared() -> None:
    """Kinds are named where they are declared, so one that is named nowhere could never be sent."""
    modules = [import_module(each.name) for each in walk_packages(bot.messages.__path__, "bot.messages.")]
    rendered = {kind for module in modules for kind in getattr(module, "NOTICES", {})}

    assert rendered == set(REGISTRY.notices)


def list_late(tree: ast.Module) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Of each choice between types and late modules: what is imported for types, and what is loaded late, by name."""
    for each in tree.body:
        if (
            isinstance(each, ast.If)
            and isinstance(each.test, ast.Name)
            and each.test.id == "TYPE_CHECKING"
            and each.orelse
        ):
            typed = dict(name for one in each.body for name in _read_imported(one))
            yield typed, dict(_read_late(one) for one in each.orelse)


def _read_imported(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """What it is called here, and what it is: a part of a module, or a module by itself."""
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    prefix = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
    for each in statement.names:
        yield each.asname or each.name, prefix + each.name


def _read_late(statement: ast.stmt) -> tuple[str, str]:
    assert isinstance(statement, ast.Assign)
    (target,), call = statement.targets, statement.value
    assert isinstance(target, ast.Name)
    assert isinstance(call, ast.Call)
    assert isinstance(call.args[0], ast.Constant)
    return target.id, str(call.args[0].value)


def test_types_are_those_of_what_is_loaded() -> None:
    """What mypy looks at under TYPE_CHECKING is the very module that runs."""
    sources = [path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py")]
    found = [
        pair for text in sources if "TYPE_CHECKING" in text and "late" in text for pair in list_late(ast.parse(text))
    ]

    assert len(found) > 30
    assert [typed for typed, loaded in found if typed != loaded] == []


def test_a_late_name_is_what_it_stands_for() -> None:
    """It is called, looked at and looked into like the thing itself."""
    assert late("bot.core.durations").DAY_SECONDS.load() == 86_400
    assert late("bot.core.names").clean_text("  Anna ", limit=10) == "Anna"
    assert late("bot.handlers.club").DROP.name == "drop"
    assert REGISTRY.flows["drop"].declared is import_module("bot.handlers.club").DROP
    assert late("bot.messages.audit").NO_SUCH_TABLE["key"] is not None, "nothing is loaded before it is used"


def test_a_late_pattern_is_the_pattern_that_it_stands_for() -> None:
    """It finds, replaces and shows itself like one that was compiled at once, and is compiled once."""
    known, found = re.compile("(b+)(c)?", re.IGNORECASE), late_pattern("(b+)(c)?", re.IGNORECASE)

    assert [each.span() for each in found.finditer("abBc ab")] == [each.span() for each in known.finditer("abBc ab")]
    assert found.sub("-", "aBBc") == "a-"
    assert found.fullmatch("a") is None
    assert (found.pattern, found.flags, found.groups) == (known.pattern, known.flags, known.groups)
    assert found.search is found.search
    assert late_pattern("(") is not None, "nothing is compiled before it is used"


def test_every_late_pattern_can_be_compiled() -> None:
    """A mistake in one is found here and not by the first who writes what it looks for."""
    names = [module for module in list_users_of("late_pattern") if module != "bot.late"]
    found = [
        each for name in names for each in vars(import_module(name)).values() if type(each) is type(late_pattern(""))
    ]

    assert len(found) > 20
    assert all(each.pattern for each in found)


def list_users_of(name: str) -> list[str]:
    """Modules of the bot that import something of this name."""
    paths = [
        path for path in ROOT.rglob("*.py") if re.search(rf"import .*\b{name}\b", path.read_text(encoding="utf-8"))
    ]
    return [".".join(path.relative_to(ROOT.parent).with_suffix("").parts) for path in paths]

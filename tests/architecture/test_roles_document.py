from __future__ import annotations

from bot.capabilities import CAPABILITIES
from bot.core.roles import Roles
from bot.updates.capability import Registry
from storage.role import Role
from tests.architecture.test_shape import ROOT


def compose_table() -> str:
    """Every command and button that is not open to everybody, with who may use it."""
    registry = Registry(CAPABILITIES)
    commands = [(f"`/{name}`", bound.roles) for name, bound in registry.commands.items()]
    buttons = [(f"`{name}`", bound.roles) for name, bound in registry.buttons.items()]
    rows = [f"| {name} | {_mark(roles)} |" for name, roles in (*commands, *buttons) if Role.MEMBER not in roles]
    head = " | ".join(role for role in Role if role is not Role.MEMBER)
    return "\n".join([f"| command or button | {head} |", "|---|---|---|---|", *sorted(rows)])


def _mark(roles: Roles) -> str:
    return " | ".join("yes" if role in roles else "–" for role in Role if role is not Role.MEMBER)  # noqa: RUF001 -- a dash is meant


def test_the_document_says_who_may_what() -> None:
    """The table in docs/roles.md is the one that the declarations make: paste it there."""
    assert compose_table() in (ROOT / "docs" / "roles.md").read_text(encoding="utf-8"), compose_table()

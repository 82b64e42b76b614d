"""What a capability is: one thing people can do here, declared in one place; and all of them put together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from telegram.ext import BaseHandler

from bot.core.roles import OWNERS, Roles, decide_allowed
from bot.core.setting import Setting
from bot.late import loaded
from bot.messages.buttons import Button
from bot.messages.commands import Command
from bot.messages.notices import Renderers
from bot.updates.flows import Flow
from bot.updates.job import Job
from storage.frozen import frozen
from storage.role import Role

DeclaredT = TypeVar("DeclaredT", Command, Button)
KeyT = TypeVar("KeyT")
SetT = TypeVar("SetT")
ValueT = TypeVar("ValueT")

Handler = Callable[..., Awaitable[None]]
"""Is given the update and its context, and what was asked for besides: a button's arguments."""

UPDATE_TYPES = ("message", "edited_message", "callback_query")
"""What the routers listen to; capabilities may ask for more."""


class CapabilityMistake(Exception):
    """Two capabilities want the same name."""


@frozen
class Listener:
    """An update that is neither a message to the bot nor a tap."""

    update_type: str
    """As `allowed_updates` calls it."""
    handler: BaseHandler[Any, Any, Any]


@frozen
class Capability:
    """One thing people can do here; whatever stands in no table of it does not exist.

    Roles are the owner's alone unless it says otherwise; a command or a button may be open to others than the rest.
    """

    name: str
    """As its files are called in every layer."""
    roles: Roles = OWNERS
    commands: Mapping[Command, Handler] = field(default_factory=dict)
    buttons: Mapping[Button, Handler] = field(default_factory=dict)
    documents: Mapping[str, Handler] = field(default_factory=dict)
    """By how a file's name ends, in small letters: what takes one that was sent in no dialogue."""
    flows: Mapping[str, Flow] = field(default_factory=dict)
    """By their names: a flow itself may be loaded late."""
    listeners: Sequence[Listener] = ()
    notices: Renderers = field(default_factory=dict)
    """By kind of notice: what makes messages of them."""
    jobs: Sequence[Job] = ()
    settings: Sequence[Setting[Any]] = ()
    """What the environment decides here; handlers read it by `deps.registry.get_setting`."""


@frozen(kw_only=False)
class Bound(Generic[DeclaredT]):
    """A command or button with what it does and who may use it."""

    declared: DeclaredT
    handler: Handler
    roles: Roles


@frozen(kw_only=False)
class BoundFlow:
    """A flow with who may go through it."""

    given: Flow
    """As it was declared, perhaps late."""
    roles: Roles

    @property
    def declared(self) -> Flow:
        """The flow itself, loaded by now."""
        return loaded(self.given)


@frozen(kw_only=False)
class BoundDocument:
    """What takes a kind of file, and from whom."""

    handler: Handler
    roles: Roles


class Registry:
    """All capabilities of one bot, by every name by which they are asked for.

    Args:
        capabilities: In the order of the table of contents.
        given: What of their settings is set, by names without the prefix.

    Raises:
        CapabilityMistake: a name is there twice.
        SettingMistake: a setting has a value that cannot be.
    """

    def __init__(self, capabilities: Iterable[Capability], given: Mapping[str, str] = MappingProxyType({})) -> None:
        self.capabilities = tuple(capabilities)
        _index([(each.name, each) for each in self.capabilities])
        self.commands = _index([(bound.declared.name, bound) for bound in self._bind(lambda each: each.commands)])
        self.buttons = _index([(bound.declared.name, bound) for bound in self._bind(lambda each: each.buttons)])
        documents = (
            (suffix, taker, each.roles) for each in self.capabilities for suffix, taker in each.documents.items()
        )
        self.documents = _index([(suffix, BoundDocument(taker, roles)) for suffix, taker, roles in documents])
        flows = ((name, flow, each.roles) for each in self.capabilities for name, flow in each.flows.items())
        self.flows = _index([(name, BoundFlow(flow, roles)) for name, flow, roles in flows])
        self.notices: Renderers = _index([pair for each in self.capabilities for pair in each.notices.items()])
        _index([(notice.kind, notice) for notice in self.notices])
        self.settings = _index([(each.name, each) for one in self.capabilities for each in one.settings])
        self._values = {each: each.read(given) for each in self.settings.values()}
        self.jobs = tuple(job for each in self.capabilities for job in each.jobs)
        self.listeners = tuple(listener for each in self.capabilities for listener in each.listeners)
        listened = dict.fromkeys(listener.update_type for listener in self.listeners)
        self.update_types = (*UPDATE_TYPES, *(name for name in listened if name not in UPDATE_TYPES))

    def get_setting(self, setting: Setting[SetT]) -> SetT:
        """What is set, or the default."""
        value: SetT = self._values[setting]
        return value

    def list_commands(self, role: Role) -> list[Command]:
        """What somebody of a role can type, in the order of the menu."""
        allowed = [bound.declared for bound in self.commands.values() if decide_allowed(role, bound.roles)]
        return sorted(allowed, key=lambda command: command.place)

    def _bind(self, list_declared: Callable[[Capability], Mapping[DeclaredT, Handler]]) -> list[Bound[DeclaredT]]:
        return [
            Bound(declared, handler, each.roles if declared.roles is None else declared.roles)
            for each in self.capabilities
            for declared, handler in list_declared(each).items()
        ]


def _index(pairs: Iterable[tuple[KeyT, ValueT]]) -> dict[KeyT, ValueT]:
    found: dict[KeyT, ValueT] = {}
    for name, value in pairs:
        if name in found:
            raise CapabilityMistake(f"{name!r} is declared twice")
        found[name] = value
    return found

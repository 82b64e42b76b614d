"""Code that is loaded when it is first used: what few shops ever use costs neither start nor memory until somebody does."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any, TypeVar, cast

T = TypeVar("T")


class LateName:
    """A function or a value of a module that may not have been imported yet; whoever calls it or looks at it imports it."""

    __slots__ = ("_keys", "_module", "_name")

    def __init__(self, module: str, name: str, *keys: object) -> None:
        self._module, self._name, self._keys = module, name, keys

    def load(self) -> Any:
        """What it stands for.

        Raises:
            ImportError, AttributeError, LookupError: there is no such thing.
        """
        found = getattr(import_module(self._module), self._name)
        for key in self._keys:
            found = found[key]
        return found

    def __call__(self, *arguments: object, **named: object) -> Any:
        """What it does."""
        return self.load()(*arguments, **named)

    def __getitem__(self, key: object) -> LateName:
        return LateName(self._module, self._name, *self._keys, key)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.load(), name)


class LateModule:
    """A module by the names in it."""

    __slots__ = ("_module",)

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> LateName:
        return LateName(self._module, name)


def late(module: str) -> LateModule:
    """A module that is imported once something of it is used. For types, it is imported beside it under TYPE_CHECKING."""
    return LateModule(module)


def loaded(value: T) -> T:
    """What may be late as the thing itself, for whoever asks whether it is that very thing."""
    found: Any = value
    return found.load() if isinstance(found, LateName) else value


class _LatePattern:
    """A regular expression that is compiled when something of it is first used; from then on its methods are its own."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(re.compile(self._text, self._flags), name)
        return found


def late_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """What `re.compile` makes of it, once it is used: for those that take milliseconds, which every start would spend."""
    return cast("re.Pattern[str]", _LatePattern(text, flags))

"""python-telegram-bot imports httpx for a transport of its own, which this bot has no use for: it is loaded once somebody asks.

With all that httpx brings it costs a start 60 ms, and the process 2 to 6 MB for as long as it runs (decision 0049).
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

_NAME = "httpx"


class _Later(ModuleType):
    """Stands for a module. While classes are defined its names are types for their annotations; afterwards they are its own."""

    defining = True

    def __getattr__(self, name: str) -> object:
        """Anything of the module."""
        return object if self.defining else getattr(import_module(self.__name__), name)


def import_telegram() -> None:
    """Import python-telegram-bot without httpx, unless that is there already. Whoever imports httpx later gets all of it."""
    if _NAME in sys.modules:
        return
    later = sys.modules[_NAME] = _Later(_NAME)
    try:
        import_module("telegram.ext")
    finally:
        later.defining = False
        del sys.modules[_NAME]

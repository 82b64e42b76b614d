"""Statements on the tables, a file each, which is imported once something of it is used.

`from storage.tables import people` makes neither the table nor its statements yet: of some eighty files a start asks ten, and many a shop
never asks half of them. A name out of a file, as in `from storage.tables.people import Met`, is imported at once.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class _LateModule(ModuleType):
    """Stands for a file of this folder until something of it is used, and has all that is in it from then on."""

    def __getattr__(self, name: str) -> Any:
        module = import_module(self.__name__)
        vars(self).update(vars(module))
        return getattr(module, name)


def __getattr__(name: str) -> ModuleType:
    """A file of this folder that nobody has imported yet."""
    path = f"{__name__}.{name}"
    if name.startswith("_") or find_spec(path) is None:
        raise AttributeError(f"{__name__} has no {name}")
    found = globals()[name] = _LateModule(path)
    return found

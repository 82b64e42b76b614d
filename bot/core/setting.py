"""What can be set by the environment, as whoever needs it declares it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PREFIX = "PASSALONG_"


class SettingMistake(Exception):
    """A setting has a value that cannot be: says which, why, and what would be right."""

    def __init__(self, name: str, why: str, right: str, *, prefix: str = PREFIX) -> None:
        super().__init__(f"{prefix}{name} {why}. {right}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Setting(Generic[T]):
    """One setting, of a capability's own."""

    name: str
    """Without the prefix, in capitals."""
    default: str
    """What holds where nothing is set; empty: nothing does."""
    parse: Callable[[str], T]
    """Raises ValueError with what is wrong, such as `is no number`, and never with the value: it may be a secret."""
    right: str
    """What would be right, as a sentence to whoever set it."""

    def read(self, given: Mapping[str, str]) -> T:
        """The value, of what is set by names without the prefix.

        Raises:
            SettingMistake: it cannot be.
        """
        try:
            return self.parse(given.get(self.name) or self.default)
        except ValueError as error:
            raise SettingMistake(self.name, str(error), self.right) from None

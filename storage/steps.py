"""Work too long for one transaction: units that follow from what came of the ones before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, TypeAlias

from storage.tx import Tx

Unit: TypeAlias = Callable[[Tx], Any]

Steps: TypeAlias = Generator[Unit, Any, None]
"""Yields units, and is sent what each of them returned once it is committed."""


async def take_steps(steps: Steps, write: Callable[[Unit], Awaitable[Any]]) -> None:
    """Run all of them in order, each in a transaction of its own."""
    with suppress(StopIteration):
        unit = next(steps)
        while True:
            unit = steps.send(await write(unit))

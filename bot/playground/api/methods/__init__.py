"""What the playground plays of the Bot API: one function a method, from parameters to result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.playground.api.checking import Args
from bot.playground.api.methods import (
    answering,
    asking,
    describing,
    editing,
    gifting,
    hooking,
    inviting,
    sending,
    topics,
)
from bot.playground.world import World

METHODS: dict[str, Callable[[World, Args], Any]] = {
    **sending.METHODS,
    **editing.METHODS,
    **answering.METHODS,
    **asking.METHODS,
    **describing.METHODS,
    **gifting.METHODS,
    **hooking.METHODS,
    **inviting.METHODS,
    **topics.METHODS,
}
"""By the name the Bot API gives a method; getUpdates waits, and lives with the server."""

"""What the data behind a button means to the bot."""

from __future__ import annotations

from bot.capabilities import CAPABILITIES
from bot.messages.buttons import Button, Value, split_data
from bot.updates.capability import Registry

REGISTRY = Registry(CAPABILITIES)
BUTTONS = [bound.declared for bound in REGISTRY.buttons.values()]


def read_data(data: object) -> tuple[Button, tuple[Value, ...]] | None:
    """Which button says this, and with which arguments; None for what none says."""
    name, words = split_data(str(data))
    bound = REGISTRY.buttons.get(name)
    values = bound.declared.parse(words) if bound else None
    return (bound.declared, values) if bound and values is not None else None

"""Somebody's place in a dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from storage.frozen import frozen


@frozen
class Conversation:
    """What a person was asked last, and what they have answered so far."""

    flow: str
    step: str
    data: Mapping[str, Any] = field(default_factory=dict)
    """As JSON can hold it."""
    expires_at: int

"""The question how it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.services.notices import Notice
from storage.pulse import PulseCause, PulseId


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseAsked(Notice):
    """To a member: how was it, five faces, one tap."""

    kind: ClassVar[str] = "pulse_asked"
    pulse: PulseId
    cause: PulseCause

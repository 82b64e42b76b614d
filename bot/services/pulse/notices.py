"""The question how it was."""

from __future__ import annotations

from typing import ClassVar

from bot.services.notices import Notice
from storage.frozen import frozen
from storage.pulse import PulseCause, PulseId


@frozen
class PulseAsked(Notice):
    """To a member: how was it, five faces, one tap."""

    kind: ClassVar[str] = "pulse_asked"
    pulse: PulseId
    cause: PulseCause

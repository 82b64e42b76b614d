"""What notices of how it was are about."""

from __future__ import annotations

from collections.abc import Mapping

from storage.pulse import AskCause, PulseCause, PulseId

PULSE: Mapping[str, object] = {"pulse": PulseId(1), "cause": PulseCause.JOINED, "moment": AskCause.PULSE}

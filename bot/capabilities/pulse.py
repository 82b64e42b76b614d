"""How was it: one tap on one of five faces, and a line of words for whoever likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.pulse.buttons import PULSE, PULSE_ASKED
from bot.services.pulse.notices import PulseAsked
from bot.services.reminding.notices import CardOffered
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import pulse
    from bot.messages.pulse import screens
else:
    pulse = late("bot.handlers.pulse")
    screens = late("bot.messages.pulse.screens")

CAPABILITY = Capability(
    name="pulse",
    roles=EVERYBODY,
    buttons={PULSE: pulse.on_answer, PULSE_ASKED: pulse.on_asked},
    flows={"pulse": pulse.WORDS},
    notices={kind: screens.NOTICES[kind] for kind in (PulseAsked, CardOffered)},
)

"""After the share: remind a friend, share again, and be left in peace oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import NO_NUDGES, NO_REMINDERS, NUDGES, REMIND, SHARE_AGAIN
from bot.services.reminding.notices import Nudge, Reminder
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import reminding
    from bot.messages import reminding as messages
else:
    reminding = late("bot.handlers.reminding")
    messages = late("bot.messages.reminding")

CAPABILITY = Capability(
    name="reminding",
    roles=EVERYBODY,
    buttons={
        REMIND: reminding.on_remind,
        NO_REMINDERS: reminding.on_no_reminders,
        SHARE_AGAIN: reminding.on_share_again,
        NUDGES: reminding.on_nudges,
        NO_NUDGES: reminding.on_no_nudges,
    },
    notices={kind: messages.NOTICES[kind] for kind in (Reminder, Nudge)},
)

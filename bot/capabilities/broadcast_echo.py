"""What was sent is edited, taken back, or sent again to those who are unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.broadcasts.buttons import (
    BROADCAST_DELETE,
    BROADCAST_DELETE_SURE,
    BROADCAST_EDIT,
    BROADCAST_EDIT_BUTTONS,
    BROADCAST_EDIT_NO_BUTTONS,
    BROADCAST_EDIT_VERSION,
    BROADCAST_PROGRESS,
    BROADCAST_RESEND,
    BROADCAST_RESEND_SURE,
)
from bot.services.broadcasts.notices import BroadcastSlowed, BroadcastStopped
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import broadcast_echo
    from bot.messages.broadcasts import echo
else:
    broadcast_echo = late("bot.handlers.broadcast_echo")
    echo = late("bot.messages.broadcasts.echo")

CAPABILITY = Capability(
    name="broadcast_echo",
    roles=MANAGERS,
    buttons={
        BROADCAST_EDIT: broadcast_echo.on_edit,
        BROADCAST_EDIT_VERSION: broadcast_echo.on_edit_version,
        BROADCAST_EDIT_BUTTONS: broadcast_echo.on_edit_buttons,
        BROADCAST_EDIT_NO_BUTTONS: broadcast_echo.on_edit_no_buttons,
        BROADCAST_DELETE: broadcast_echo.on_delete,
        BROADCAST_DELETE_SURE: broadcast_echo.on_delete_sure,
        BROADCAST_RESEND: broadcast_echo.on_resend,
        BROADCAST_RESEND_SURE: broadcast_echo.on_resend_sure,
        BROADCAST_PROGRESS: broadcast_echo.on_progress,
    },
    flows={"broadcast_edit": broadcast_echo.FLOW},
    notices={kind: echo.NOTICES[kind] for kind in (BroadcastStopped, BroadcastSlowed)},
)

"""Somebody of the team writes to all members: the message itself, a look at it, one tap, and a hand on the brake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.broadcasts.buttons import (
    BROADCAST_BUTTONS,
    BROADCAST_COUNT,
    BROADCAST_DROP,
    BROADCAST_LANGUAGES,
    BROADCAST_NO_BUTTONS,
    BROADCAST_PANEL,
    BROADCAST_REST,
    BROADCAST_SAMPLE,
    BROADCAST_SHARE,
    BROADCAST_STORY,
    BROADCAST_TEST,
    BROADCAST_TO_ME,
    BROADCAST_TO_TEAM,
    BROADCAST_VERSION,
)
from bot.messages.buttons import (
    BROADCAST_ABANDON,
    BROADCAST_CANCEL,
    BROADCAST_CONFIRM,
    BROADCAST_PAUSE,
    BROADCAST_RESUME,
    BROADCAST_UNKNOWN,
)
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers.broadcasts import panel, running, writing
else:
    panel = late("bot.handlers.broadcasts.panel")
    running = late("bot.handlers.broadcasts.running")
    writing = late("bot.handlers.broadcasts.writing")

CAPABILITY = Capability(
    name="broadcasts",
    roles=MANAGERS,
    commands={Command(name="broadcast", text="command.broadcast", place=1): writing.on_broadcast},
    buttons={
        BROADCAST_CONFIRM: running.on_confirm,
        BROADCAST_SAMPLE: running.on_sample,
        BROADCAST_REST: running.on_rest,
        BROADCAST_PAUSE: running.on_pause,
        BROADCAST_RESUME: running.on_resume,
        BROADCAST_CANCEL: running.on_cancel,
        BROADCAST_UNKNOWN: running.on_unknown,
        BROADCAST_ABANDON: writing.on_abandon,
        BROADCAST_STORY: writing.on_story,
        BROADCAST_PANEL: panel.on_panel,
        BROADCAST_LANGUAGES: panel.on_languages,
        BROADCAST_VERSION: panel.on_version,
        BROADCAST_DROP: panel.on_drop,
        BROADCAST_BUTTONS: panel.on_buttons,
        BROADCAST_NO_BUTTONS: panel.on_no_buttons,
        BROADCAST_SHARE: panel.on_share,
        BROADCAST_COUNT: panel.on_count,
        BROADCAST_TEST: panel.on_test,
        BROADCAST_TO_ME: panel.on_to_me,
        BROADCAST_TO_TEAM: panel.on_to_team,
    },
    flows={"broadcast": writing.FLOW},
)

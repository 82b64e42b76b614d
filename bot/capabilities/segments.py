"""Who runs the shop says whom among its members a message is for: typed, tapped condition by condition, or as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import MANAGERS
from bot.late import late
from bot.messages.commands import Command
from bot.messages.segments.buttons import (
    BROADCAST_WHOM,
    SEGMENT,
    SEGMENT_CHOOSE,
    SEGMENT_DELETE,
    SEGMENT_EVERYBODY,
    SEGMENT_JOIN,
    SEGMENT_KIND,
    SEGMENT_LIST,
    SEGMENT_NAME,
    SEGMENT_NEW,
    SEGMENT_NO_LIST,
    SEGMENT_OPEN,
    SEGMENT_REWRITE,
    SEGMENT_VALUE,
    SEGMENTS,
)
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import segments
else:
    segments = late("bot.handlers.segments")

CAPABILITY = Capability(
    name="segments",
    roles=MANAGERS,
    commands={Command(name="segments", text="segments.command", place=1): segments.on_segments},
    buttons={
        SEGMENTS: segments.on_segments,
        SEGMENT: segments.on_segment,
        SEGMENT_NEW: segments.on_new,
        SEGMENT_OPEN: segments.on_open,
        SEGMENT_JOIN: segments.on_join,
        SEGMENT_KIND: segments.on_kind,
        SEGMENT_VALUE: segments.on_value,
        SEGMENT_NAME: segments.on_name,
        SEGMENT_REWRITE: segments.on_rewrite,
        SEGMENT_DELETE: segments.on_delete,
        SEGMENT_LIST: segments.on_list,
        SEGMENT_NO_LIST: segments.on_no_list,
        SEGMENT_CHOOSE: segments.on_choose,
        SEGMENT_EVERYBODY: segments.on_everybody,
        BROADCAST_WHOM: segments.on_whom,
    },
    flows={"segment": segments.FLOW},
)

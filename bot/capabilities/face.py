"""A member's face on their cards: shown first, then put on or not, and taken off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.handlers.guide import for_story
from bot.late import late
from bot.messages.buttons import FACE, FACE_DROP, FACE_KEEP, HIDE_FACE
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import face
else:
    face = late("bot.handlers.face")

CAPABILITY = Capability(
    name="face",
    roles=EVERYBODY,
    buttons={
        FACE: for_story(face.on_face),
        FACE_KEEP: for_story(face.on_face_keep),
        FACE_DROP: for_story(face.on_face_drop),
        HIDE_FACE: face.on_hide_face,
    },
)

"""A happy member's line becomes a story by their tap of consent, and is taken back by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, MANAGERS
from bot.late import late
from bot.messages.taking_part_buttons import SAY_BACK, SAY_LINE, SAY_LOOK, SAY_NEW, SAY_NOT, SAY_SHOW, SAYING
from bot.services.testimonials.notices import TestimonialCame, TestimonialShown
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import testimonials
    from bot.messages import testimonials as messages
else:
    testimonials = late("bot.handlers.testimonials")
    messages = late("bot.messages.testimonials")

CAPABILITY = Capability(
    name="testimonials",
    roles=EVERYBODY,
    buttons={
        SAYING: testimonials.on_saying,
        SAY_NEW: testimonials.on_new,
        SAY_LINE: testimonials.on_line,
        SAY_BACK: testimonials.on_back,
    },
    flows={"say": testimonials.SAY},
    notices={kind: messages.NOTICES[kind] for kind in (TestimonialCame, TestimonialShown)},
)

STORIES = Capability(
    name="told_testimonials",
    roles=MANAGERS,
    buttons={SAY_LOOK: testimonials.on_look, SAY_SHOW: testimonials.on_show, SAY_NOT: testimonials.on_not},
)

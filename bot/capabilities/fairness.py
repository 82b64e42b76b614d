"""Friends who are looked at: the team decides, friends show that they are people, and a no can be objected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, MANAGERS
from bot.late import late
from bot.messages.buttons import (
    APPEAL,
    CAPTCHA,
    CAPTCHA_ANSWER,
    REVIEW,
    REVIEW_APPROVE,
    REVIEW_NEXT,
    REVIEW_REFUSE,
    REVIEW_UNDO,
    REVIEW_WHY,
)
from bot.messages.commands import Command
from bot.services.fairness.notices import CaptchaAsked, FriendHeld, FriendRefused, ReviewWaiting, WelcomeHeld
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import fairness
    from bot.jobs import fairness as jobs
    from bot.messages import fairness as messages
else:
    jobs = late("bot.jobs.fairness")
    fairness = late("bot.handlers.fairness")
    messages = late("bot.messages.fairness")

CAPABILITY = Capability(
    name="fairness",
    roles=EVERYBODY,
    commands={Command(name="review", text="fairness.command", place=9, roles=MANAGERS): fairness.on_review},
    buttons={
        REVIEW: fairness.on_review,
        REVIEW_NEXT: fairness.on_next,
        REVIEW_APPROVE: fairness.on_approve,
        REVIEW_REFUSE: fairness.on_refuse,
        REVIEW_WHY: fairness.on_why,
        REVIEW_UNDO: fairness.on_undo,
        CAPTCHA: fairness.on_captcha,
        CAPTCHA_ANSWER: fairness.on_captcha_answer,
        APPEAL: fairness.on_appeal,
    },
    flows={"objecting": fairness.OBJECTING},
    notices={
        kind: messages.NOTICES[kind] for kind in (FriendHeld, WelcomeHeld, CaptchaAsked, FriendRefused, ReviewWaiting)
    },
    jobs=[Job(name="fairness", every_seconds=60.0, run=jobs.watch)],
)

"""Standing in line: a place in it, and letting its first in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, MANAGERS
from bot.late import late
from bot.messages.buttons import LET_IN, LET_IN_SURE, QUEUE, QUEUE_UP
from bot.messages.commands import Command
from bot.services.waiting.notices import LetIn, QueueEntered
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import waiting
    from bot.jobs import waiting as jobs
    from bot.messages import waiting as messages
    from bot.services.waiting import waiting as services
else:
    jobs = late("bot.jobs.waiting")
    services = late("bot.services.waiting.waiting")
    waiting = late("bot.handlers.waiting")
    messages = late("bot.messages.waiting")

CAPABILITY = Capability(
    name="waiting",
    roles=EVERYBODY,
    commands={Command(name="waitlist", text="queue.command", place=9, roles=MANAGERS): waiting.on_queue},
    buttons={
        QUEUE: waiting.on_queue,
        LET_IN: waiting.on_let_in,
        LET_IN_SURE: waiting.on_sure,
        QUEUE_UP: waiting.on_queue_up,
    },
    notices={kind: messages.NOTICES[kind] for kind in (QueueEntered, LetIn)},
    jobs=[
        Job(name="let in", every_seconds=5.0, run=jobs.welcome_owed),
        Job(name="doors", every_seconds=60.0, find_next=services.find_next_door, run=jobs.open_doors),
    ],
)

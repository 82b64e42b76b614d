"""The shop asks, members choose with a tap, and hear what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY, MANAGERS
from bot.late import late
from bot.messages.commands import Command
from bot.messages.taking_part_buttons import CHOOSE, POLL_ASK, POLL_END, VOTE
from bot.services.choosing.notices import PollAnnounced, PollEnded, PollResult
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import choosing
    from bot.jobs import choosing as jobs
    from bot.messages import choosing as messages
else:
    jobs = late("bot.jobs.choosing")
    choosing = late("bot.handlers.choosing")
    messages = late("bot.messages.choosing")

CAPABILITY = Capability(
    name="choosing",
    roles=EVERYBODY,
    commands={Command(name="choose", text="choosing.command", place=64): choosing.on_choose},
    buttons={CHOOSE: choosing.on_choose, VOTE: choosing.on_vote},
    notices={kind: messages.NOTICES[kind] for kind in (PollAnnounced, PollEnded, PollResult)},
    jobs=[Job(name="choosing", every_seconds=60.0, run=jobs.tell_voters)],
)

POLLS = Capability(
    name="polls",
    roles=MANAGERS,
    buttons={POLL_ASK: choosing.on_ask, POLL_END: choosing.on_end},
    flows={"poll": choosing.ASKING, "poll_end": choosing.ENDING},
)

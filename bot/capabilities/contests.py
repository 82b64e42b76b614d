"""Contests: what there is to win and who has won; the team's look before the results, and the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import (
    CONTEST_DRAW,
    CONTEST_LIST,
    CONTEST_RELEASE,
    CONTEST_REVIEW,
    CONTEST_SURE,
    CONTESTS,
    STRIKE,
    STRIKE_WHY,
)
from bot.messages.commands import Command
from bot.services.contests.notices import ContestBegun, ContestOver, ContestReleased, PrizeWon
from bot.updates.capability import Capability
from bot.updates.job import Job

if TYPE_CHECKING:
    from bot.handlers import contests
    from bot.jobs import contests as jobs
    from bot.messages import contests as messages
else:
    jobs = late("bot.jobs.contests")
    contests = late("bot.handlers.contests")
    messages = late("bot.messages.contests")

CAPABILITY = Capability(
    name="contests",
    roles=EVERYBODY,
    commands={Command(name="contests", text="contests.command", place=45): contests.on_contests},
    buttons={
        CONTESTS: contests.on_contests,
        CONTEST_DRAW: contests.on_draw,
        CONTEST_REVIEW: contests.on_review,
        CONTEST_LIST: contests.on_list,
        CONTEST_RELEASE: contests.on_release,
        CONTEST_SURE: contests.on_sure,
        STRIKE: contests.on_strike,
        STRIKE_WHY: contests.on_strike_why,
    },
    notices={kind: messages.NOTICES[kind] for kind in (ContestBegun, ContestOver, ContestReleased, PrizeWon)},
    jobs=[Job(name="contests", every_seconds=30.0, find_next=jobs.find_next_end, run=jobs.turn)],
)

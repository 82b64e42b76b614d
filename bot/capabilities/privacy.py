"""What is kept about a member: to read it, to take it along, to have it forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.roles import EVERYBODY
from bot.late import late
from bot.messages.buttons import FORGET, FORGET_ASK, FORGET_SURE, MYDATA
from bot.messages.commands import Command
from bot.updates.capability import Capability

if TYPE_CHECKING:
    from bot.handlers import privacy
else:
    privacy = late("bot.handlers.privacy")

CAPABILITY = Capability(
    name="privacy",
    roles=EVERYBODY,
    commands={
        Command(name="privacy", text="command.privacy", place=110): privacy.on_privacy,
        Command(name="mydata", text="command.mydata", place=112, in_help=False): privacy.on_mydata,
        Command(name="forgetme", text="command.forgetme", place=114, in_help=False): privacy.on_forget,
    },
    buttons={
        MYDATA: privacy.on_mydata,
        FORGET: privacy.on_forget,
        FORGET_ASK: privacy.on_forget_ask,
        FORGET_SURE: privacy.on_forget_sure,
    },
)

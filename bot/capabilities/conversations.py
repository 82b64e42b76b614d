"""The one machine behind every dialogue: who is asked what, what an answer is, and the ways back, on and out."""

from __future__ import annotations

from bot.core.roles import EVERYBODY
from bot.handlers import conversations
from bot.messages.buttons import FLOW_BACK, FLOW_CANCEL, FLOW_PICK, FLOW_SKIP
from bot.messages.commands import Command
from bot.updates.capability import Capability

CAPABILITY = Capability(
    name="conversations",
    roles=EVERYBODY,
    commands={Command(name="cancel", text="conversation.command", place=130): conversations.on_cancel},
    buttons={
        FLOW_CANCEL: conversations.on_flow_cancel,
        FLOW_BACK: conversations.on_flow_back,
        FLOW_SKIP: conversations.on_flow_skip,
        FLOW_PICK: conversations.on_flow_pick,
    },
)

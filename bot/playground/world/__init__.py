"""A small Telegram as plain values: people, chats, messages, updates. No HTTP, no waiting."""

from __future__ import annotations

from bot.playground.world.buttons import Button, Keyboard
from bot.playground.world.chats import Chat, Message
from bot.playground.world.content import Content
from bot.playground.world.errors import ApiError, ImpossibleError, NotSimulatedError
from bot.playground.world.invites import Invite
from bot.playground.world.journal import Call, Sent, Violation
from bot.playground.world.members import ALL_RIGHTS, Member
from bot.playground.world.people import Person
from bot.playground.world.queries import Callback, CallbackAnswer, GuestCall, InlineAnswer, InlineQuery, InlineResult
from bot.playground.world.state import Happening, Listener
from bot.playground.world.taps import Opened, Picker, Tap
from bot.playground.world.world import World

__all__ = [
    "ALL_RIGHTS",
    "ApiError",
    "Button",
    "Call",
    "Callback",
    "CallbackAnswer",
    "Chat",
    "Content",
    "GuestCall",
    "Happening",
    "ImpossibleError",
    "InlineAnswer",
    "InlineQuery",
    "InlineResult",
    "Invite",
    "Keyboard",
    "Listener",
    "Member",
    "Message",
    "NotSimulatedError",
    "Opened",
    "Person",
    "Picker",
    "Sent",
    "Tap",
    "Violation",
    "World",
]

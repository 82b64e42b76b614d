"""Dialogues in general: entered, gone through step by step, left. Their own services know what is asked and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.services.members import MemberView, enter, open_home, view_member
from storage.conversation import Conversation
from storage.records import Profile
from storage.tables import conversations, people
from storage.tx import Tx

T = TypeVar("T")


def find_conversation(tx: Tx, *, visitor: Profile) -> Conversation | None:
    """What this person was asked last; None where nothing waits for an answer."""
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    return conversations.find(tx, person.id) if person is not None else None


def move(tx: Tx, *, visitor: Profile, flow: str, step: str, data: Mapping[str, Any], wait_seconds: int) -> MemberView:
    """Put a person to a step of a flow, in place of whatever they were asked before."""
    person = enter(tx, visitor)
    conversations.open(tx, person.id, flow, step, data, expires_at=tx.now + wait_seconds * 1_000_000)
    return view_member(tx, person)


def leave(tx: Tx, *, visitor: Profile, flow: str) -> tuple[MemberView, bool]:
    """Leave a flow, and say whether the person was in it: stopping one never ends another."""
    person = enter(tx, visitor)
    return view_member(tx, person), conversations.leave(tx, person.id, flow)


def finish(tx: Tx, service: Callable[..., T], *, visitor: Profile, flow: str, data: Mapping[str, Any]) -> T | None:
    """Leave a flow and do what it was for, both or neither; None where somebody has left it before: a second tap."""
    member = open_home(tx, visitor=visitor)
    if not conversations.leave(tx, member.id, flow):
        return None
    return service(tx, visitor=visitor, data=data)

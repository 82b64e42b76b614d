"""What the bot needs in a chat of the shop, and whether it has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.community import ChatProblem, decide_problem
from storage.frozen import frozen

_RUNS_IT = frozenset({"creator", "administrator"})
_OUTSIDE = frozenset({"left", "kicked"})


@frozen
class Standing:
    """What the bot is in a chat."""

    kind: str
    """`private`, `group`, `supergroup` or `channel`."""
    title: str
    status: str
    """As Telegram calls it: `creator`, `administrator`, `member`, `restricted`, `left`, `kicked`."""
    rights: frozenset[str]
    """What the bot itself was given, by the names of Telegram's fields."""
    allowed: frozenset[str]
    """What a group allows every member."""

    @property
    def is_inside(self) -> bool:
        """Whether the bot is in the chat."""
        return self.status not in _OUTSIDE and (self.status != "restricted" or "is_member" in self.rights)

    @property
    def is_admin(self) -> bool:
        """Whether the bot helps to run it."""
        return self.status in _RUNS_IT


def read_standing(chat: Mapping[str, Any], member: Mapping[str, Any]) -> Standing:
    """What getChat and getChatMember say of the bot."""
    return Standing(
        kind=str(chat.get("type", "")),
        title=str(chat.get("title", "")),
        status=str(member.get("status", "")),
        rights=_list_granted(member),
        allowed=_list_granted(chat.get("permissions", {"can_send_messages": True})),
    )


def decide_posting(standing: Standing) -> ChatProblem | None:
    """What keeps the bot from posting there; a closed topic or a limit shows only when it posts."""
    if standing.kind == "private":
        return None
    if not standing.is_inside:
        return ChatProblem.NOT_INSIDE
    return None if _may_post(standing) else ChatProblem.NO_POSTING


def decide_inviting(standing: Standing) -> ChatProblem | None:
    """What keeps the bot from inviting people there and from seeing who comes."""
    if not standing.is_inside:
        return ChatProblem.NOT_INSIDE
    may_invite = standing.status == "creator" or "can_invite_users" in standing.rights
    return decide_problem(admin=standing.is_admin, may_invite=may_invite)


def _may_post(standing: Standing) -> bool:
    if standing.status == "creator":
        return True
    if standing.kind == "channel":
        return standing.is_admin and "can_post_messages" in standing.rights
    if standing.is_admin:
        return True
    own = standing.rights if standing.status == "restricted" else standing.allowed
    return "can_send_messages" in own & standing.allowed


def _list_granted(record: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name, value in record.items() if value is True)

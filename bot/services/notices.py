"""Notices as their renderers need them: names, balances and languages of the moment they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.services.members import compose_name, compute_language
from storage.records import Notice, NoticeId, NoticeKind, Person, PersonId
from storage.tables import ledgers, people
from storage.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One owed notice with everything that shows in it."""

    id: NoticeId
    kind: NoticeKind
    language: str
    """The recipient's; empty for the announce chat."""
    chat_id: int | None
    """None for the announce chat."""
    name: str
    """The recipient's own display name."""
    code: str
    """The recipient's own code; empty for the announce chat."""
    friend: str
    """Who came; in what is told to somebody who came, the inviter."""
    inviter: str
    """JOIN_ANNOUNCED: who invited; empty when that member appears without a name."""
    points: int
    """What the recipient earned by it, or will."""
    balance: int
    unknown_code: bool
    """WELCOME: the newcomer came by a code that nobody has."""
    from_inline: bool = False
    """WELCOME: the newcomer was about to write in another chat, and wants to go back there."""
    asks: bool = False
    """WELCOME: the newcomer is asked who recommended the shop."""
    referral_id: int = 0
    """The referral it is about; 0 where there is none."""
    waits: bool = False
    """The points come later: the friend is not in the community chat yet."""
    reason: str = ""
    """Why a referral was taken back: a `RevokeReason`."""
    story: str = ""
    """NUDGE: the key of the story to share."""
    warning: str = ""
    """ADMIN_WARNING: what is amiss."""
    chat: str = ""
    """ADMIN_WARNING: what the chat is called that it is about."""
    number: str = ""
    """ADMIN_WARNING: the chat's new number."""


def view_notices(tx: Tx, *, recipient_id: PersonId | None, notices: Sequence[Notice]) -> list[NoticeView]:
    """The views of one recipient's notices, in the same order."""
    wanted = {PersonId(int(notice.payload[role])) for notice in notices for role in _ROLES if role in notice.payload}
    known = people.list_by_ids(tx, sorted(wanted | ({recipient_id} if recipient_id is not None else set())))
    recipient = known[recipient_id] if recipient_id is not None else None
    balance = ledgers.get_balance(tx, recipient.id) if recipient else 0
    return [_view(tx, notice, recipient, known, balance) for notice in notices]


_ROLES = ("friend", "inviter")
_TOLD_OF_INVITER = {
    NoticeKind.WELCOME_INVITED,
    NoticeKind.WELCOME_WAITING,
    NoticeKind.QUALIFIED,
    NoticeKind.GIFT_REVOKED,
    NoticeKind.REMINDER,
}


def _view(tx: Tx, notice: Notice, recipient: Person | None, known: dict[PersonId, Person], balance: int) -> NoticeView:
    friend, inviter = (known.get(PersonId(int(notice.payload.get(role, 0)))) for role in _ROLES)
    if notice.kind in _TOLD_OF_INVITER:
        friend = inviter
    return NoticeView(
        id=notice.id,
        kind=notice.kind,
        language=compute_language(tx, recipient) if recipient else "",
        chat_id=recipient.profile.telegram_id if recipient else None,
        name=compose_name(recipient.profile) if recipient else "",
        code=recipient.code if recipient else "",
        friend=compose_name(friend.profile) if friend else "",
        inviter=compose_name(inviter.profile) if inviter and not inviter.anonymous else "",
        points=int(notice.payload.get("points", 0)),
        balance=balance,
        unknown_code=bool(notice.payload.get("unknown_code", 0)),
        from_inline=bool(notice.payload.get("from_inline", 0)),
        asks=bool(notice.payload.get("asks", 0)),
        referral_id=int(notice.payload.get("referral", 0)),
        waits=bool(notice.payload.get("waits", 0)),
        reason=str(notice.payload.get("reason", "")),
        story=str(notice.payload.get("story", "")),
        warning=str(notice.payload.get("warning", "")),
        chat=str(notice.payload.get("chat", "")),
        number=str(notice.payload.get("number", "")),
    )

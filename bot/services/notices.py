"""What the bot owes somebody: one frozen dataclass a kind, written with the fact it tells, read when it is sent.

The one place where notices become rows and rows become notices. A capability declares its kinds in its own folder
(`services/<capability>/notices.py`); which kinds there are is known from the table of their renderers.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, fields
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

from bot.core.durations import SECOND
from bot.services.members import MemberView, compose_name, view_member
from storage.addresses import Address, MemberAddress
from storage.frozen import frozen
from storage.handout import HandoutKind
from storage.records import NoticeId, NoticeOwed, OutboxRow, PersonId
from storage.tables import labels, outbox, people
from storage.ticket import SaidId, TicketId
from storage.tx import Tx

logger = logging.getLogger(__name__)


@frozen(kw_only=False)
class Thread:
    """What a message belongs to, so that a reply to it finds its way."""

    ticket_id: TicketId
    said_id: SaidId | None = None
    """What was said in it, where the message stands for that."""


@frozen
class Notice:
    """What all kinds have in common.

    Fields are whole numbers (ids among them), texts, bools and enums of texts; a `PersonId` is somebody whom the notice
    names. A row outlives an upgrade: a field that is added has a default, one that is renamed stands in `renamed`.
    """

    kind: ClassVar[str]
    """The word for it in the table, for ever."""
    renamed: ClassVar[Mapping[str, str]] = {}
    """What fields were called in rows of earlier versions, and are called now."""
    threaded: ClassVar[bool] = False
    """Whether a reply to it is meant for something: for its `thread`."""

    @property
    def due_at(self) -> int:
        """Before this moment it is not sent, and what is due at the same one is sent together; 0 for at once."""
        return 0

    @property
    def thread(self) -> Thread | None:
        """What a reply to it is meant for; None for nothing."""
        return None


@frozen
class Sorry(Notice):
    """An update was given up, and it was our fault."""

    kind: ClassVar[str] = "sorry"


N_co = TypeVar("N_co", bound=Notice, covariant=True)


@frozen
class Owed(Generic[N_co]):
    """A notice that is still to be sent."""

    id: NoticeId
    notice: N_co
    owed_at: int = 0
    """Since when it might have been sent."""
    topic_id: int | None = None
    """Where it answers something: the topic of the reader's chat in which that was asked."""


class NoticeUnreadable(Exception):
    """A row of a kind, or with fields, that this version does not know."""


@frozen
class NoticesView:
    """Some notices of one address, with what they show that is of the moment."""

    owed: list[Owed[Notice]] = field(default_factory=list)
    """In order, what was gathered for a digest behind what was not."""
    held: Mapping[NoticeId, float] = field(default_factory=dict)
    """Those that are not due yet, with the seconds until they are."""
    unreadable: list[NoticeId] = field(default_factory=list)
    member: MemberView | None = None
    """Whom they are for; None where that is a chat."""
    labels: Sequence[str] = ()
    """What the team calls them, where that was asked."""
    names: Mapping[PersonId, str] = field(default_factory=dict)
    """Display names of the people in them; empty where nothing visible remains of one."""
    public_names: Mapping[PersonId, str] = field(default_factory=dict)
    """Likewise as everybody may read them: empty for somebody who appears in public without a name."""


def owe(tx: Tx, address: Address, notice: Notice, *, key: str | int) -> bool:
    """Owe a notice, once per kind and `key`; False where that was owed before.

    Args:
        tx: The transaction of the fact that it tells.
        address: A member or a chat.
        notice: What is told.
        key: What makes it one of its kind, such as the referral it is about.
    """
    said = {each.name: getattr(notice, each.name) for each in fields(notice)}  # which hold nothing to be copied
    key = f"{notice.kind}:{key}"
    return outbox.add(tx, address=address, kind=notice.kind, payload=said, key=key) is not None


def owe_card_behind(tx: Tx, person_id: PersonId) -> None:
    """Owe a member their own card as it is now, behind the notice that this transaction owes them; one at a time."""
    outbox.add_card(tx, person_id=person_id, kind=HandoutKind.FIRST, after_id=_find_last_owed(tx, person_id))


def owe_step_behind(tx: Tx, person_id: PersonId, friends: int) -> None:
    """Owe a member their card with the word that so many friends have come, behind what that gave them, once."""
    after_id = _find_last_owed(tx, person_id)
    outbox.add_card(tx, person_id=person_id, kind=HandoutKind.STEP, version=str(friends), after_id=after_id)


def _find_last_owed(tx: Tx, person_id: PersonId) -> NoticeId | None:
    owed = [
        each.notice_id for each in tx.told if isinstance(each, NoticeOwed) and each.address == MemberAddress(person_id)
    ]
    return owed[-1] if owed else None


def answer_in(tx: Tx, asker_id: int | None, topic_id: int) -> None:
    """What this transaction owes to whoever asked for it goes to the topic that they asked in.

    Args:
        tx: The transaction.
        asker_id: Telegram's number of whoever asked.
        topic_id: Telegram's number of the topic in their private chat.
    """
    asker = people.find_by_telegram_id(tx, asker_id) if asker_id is not None else None
    if asker is not None:
        owed = [each for each in tx.told if isinstance(each, NoticeOwed) and each.address == MemberAddress(asker.id)]
        outbox.set_topic(tx, [each.notice_id for each in owed], topic_id)


def read_notice(row: OutboxRow, kinds: Mapping[str, type[Notice]]) -> Notice:
    """The notice in a row, be it of an earlier version.

    Raises:
        NoticeUnreadable: this version does not know it.
    """
    declared: Any = kinds.get(row.kind)
    if declared is None:
        raise NoticeUnreadable(f"there is no kind {row.kind!r}")
    values = {declared.renamed.get(name, name): value for name, value in row.payload.items()}
    try:
        known = {name: read(values[name]) for name, read in _list_readers(declared).items() if name in values}
        notice: Notice = declared(**known)
    except (TypeError, ValueError) as error:
        raise NoticeUnreadable(f"{row.kind!r} cannot be made of {row.payload!r}: {error}") from None
    return notice


def view_notices(
    tx: Tx,
    *,
    address: Address,
    ids: Collection[NoticeId],
    kinds: Mapping[str, type[Notice]],
    labelled: bool = False,
) -> NoticesView:
    """Some notices of one address; of ids that are not in the outbox any more nothing is said.

    `labelled` where it matters what the team calls the reader.
    """
    owed: list[Owed[Notice]] = []
    unreadable: list[NoticeId] = []
    held: dict[NoticeId, float] = {}
    for row in outbox.list_by_ids(tx, ids):
        try:
            notice = read_notice(row, kinds)
            if notice.due_at > tx.now:
                held[row.id] = (notice.due_at - tx.now) / SECOND
                continue
            since = max(row.created_at, notice.due_at)
            owed.append(Owed(id=row.id, notice=notice, owed_at=since, topic_id=row.topic_id))
        except NoticeUnreadable as error:
            logger.error("Notice %d cannot be read and is given up: %s", row.id, error)  # noqa: TRY400 -- the words say it
            unreadable.append(row.id)
    owed.sort(key=lambda each: each.notice.due_at)
    recipient_id = address.person_id if isinstance(address, MemberAddress) else None
    types: dict[NoticeId, Any] = {each.id: type(each.notice) for each in owed}
    named = {getattr(each.notice, name) for each in owed for name in _list_named(types[each.id])}
    known = people.list_by_ids(tx, sorted(named | ({recipient_id} if recipient_id is not None else set())))
    names = {person_id: compose_name(person.profile) for person_id, person in known.items()}
    return NoticesView(
        owed=owed,
        held=held,
        unreadable=unreadable,
        member=view_member(tx, known[recipient_id]) if recipient_id is not None else None,
        labels=labels.list_of(tx, recipient_id) if labelled and recipient_id is not None else (),
        names=names,
        public_names={person_id: "" if known[person_id].anonymous else name for person_id, name in names.items()},
    )


@cache
def _list_named(declared: Any) -> list[str]:
    """The fields that hold somebody whom a notice of this kind names."""
    return [name for name, hint in _list_hints(declared).items() if hint is PersonId]


@cache
def _list_hints(declared: Any) -> dict[str, Any]:
    """The fields of a kind and what each is; ids are NewTypes here."""
    hints = get_type_hints(declared)
    return {each.name: hints[each.name] for each in fields(declared)}


@cache
def _list_readers(declared: Any) -> dict[str, Any]:
    """What makes a field's value of the value in a row."""
    return {
        name: hint if isinstance(hint, type) and issubclass(hint, (bool, str, Enum)) else int
        for name, hint in _list_hints(declared).items()
    }

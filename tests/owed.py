"""What tests look at in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.services.notices import Notice, owe
from storage.addresses import ANNOUNCE, Address, MemberAddress
from storage.frozen import frozen
from storage.records import NoticeId, OutboxRow, PersonId
from storage.tables import outbox
from storage.tx import Tx


@frozen
class Numbered(Notice):
    """A notice that says its number."""

    kind: ClassVar[str] = "numbered"
    n: int


def owe_numbered(tx: Tx, recipient_id: PersonId | None, number: int) -> None:
    """Owe a number to a member, or to the announce chat."""
    owe(tx, ANNOUNCE if recipient_id is None else MemberAddress(recipient_id), Numbered(n=number), key=number)


def find_member(row: OutboxRow) -> PersonId | None:
    """Whom it is for; None for the announce chat."""
    return row.address.person_id if isinstance(row.address, MemberAddress) else None


def list_said(tx: Tx, *kinds: str) -> list[tuple[str, int | str, Mapping[str, object]]]:
    """What is owed, in order: of which kind, to which member or chat, and what it says; of these kinds, or of all."""
    rows = [row for row in outbox.list_owed(tx, after=NoticeId(0), limit=1_000) if not kinds or row.kind in kinds]
    return [(row.kind, _name(row.address), row.payload) for row in rows]


def _name(address: Address) -> int | str:
    return address.person_id if isinstance(address, MemberAddress) else address.role.value


def pick(row: OutboxRow, *names: str) -> Mapping[str, int | str]:
    """Some fields of what is owed."""
    return {name: row.payload[name] for name in names}

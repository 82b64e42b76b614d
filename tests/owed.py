"""What tests look at in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from bot.services.notices import Notice, owe
from storage.addresses import ANNOUNCE, MemberAddress
from storage.frozen import frozen
from storage.records import OutboxRow, PersonId
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


def pick(row: OutboxRow, *names: str) -> Mapping[str, int | str]:
    """Some fields of what is owed."""
    return {name: row.payload[name] for name in names}

"""A member takes something to pass on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.members import MemberView, enter, view_member
from storage.records import PersonId, Profile, ShareWay
from storage.tx import Tx
from storage.tables import cards, people, shares

ComputeVersion = Callable[[MemberView], str]
"""Names everything that shows on a member's picture, so that a changed name or theme is drawn anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A member's picture: `file_id` where Telegram already has this version of it."""

    member: MemberView
    version: str
    file_id: str | None


def take_card(tx: Tx, *, visitor: Profile, way: ShareWay, compute_version: ComputeVersion) -> ShareView:
    """Record that the member took a card or a QR code, and find the picture if it was sent before."""
    member = view_member(tx, enter(tx, visitor))
    shares.add(tx, member.id, way)
    return _view(tx, member, compute_version)


def look_up_card(tx: Tx, *, telegram_id: int, compute_version: ComputeVersion) -> ShareView | None:
    """The member's picture for an inline answer; None for somebody who has not started the bot."""
    person = people.find_by_telegram_id(tx, telegram_id)
    if person is None or not person.is_member:
        return None
    return _view(tx, view_member(tx, person), compute_version)


def keep_card(tx: Tx, *, person_id: PersonId, version: str, file_id: str) -> None:
    """Remember the picture that Telegram has now."""
    cards.set_file_id(tx, person_id, version, file_id)


def forget_card(tx: Tx, *, file_id: str) -> None:
    """Telegram no longer knows this picture: the next share uploads it again."""
    cards.delete_file_id(tx, file_id)


def note_inline_share(tx: Tx, *, telegram_id: int) -> None:
    """Count an inline result that was chosen; a count, never the record of an attribution."""
    person = people.find_by_telegram_id(tx, telegram_id)
    if person is not None:
        shares.add(tx, person.id, ShareWay.INLINE)


def _view(tx: Tx, member: MemberView, compute_version: ComputeVersion) -> ShareView:
    version = compute_version(member)
    return ShareView(member=member, version=version, file_id=cards.find_file_id(tx, member.id, version))

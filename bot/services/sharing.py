"""A member takes something to pass on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.services.members import MemberView, enter, view_member
from storage.records import PersonId, Profile, ShareWay
from storage.tables import cards, people, shares
from storage.tx import Tx

ComputeVersion = Callable[[MemberView], str]
"""Names everything that shows on a member's picture, so that a changed name or theme is drawn anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """A member's picture: `file_id` where Telegram already has this version of it."""

    member: MemberView
    version: str
    file_id: str | None


def look_up_card(tx: Tx, *, visitor: Profile, compute_version: ComputeVersion) -> ShareView:
    """The member's picture, found if it was sent before."""
    return _view(tx, view_member(tx, enter(tx, visitor)), compute_version)


def find_card(tx: Tx, *, telegram_id: int, compute_version: ComputeVersion) -> ShareView | None:
    """The member's picture for an inline answer; None for somebody who has not started the bot."""
    person = people.find_by_telegram_id(tx, telegram_id)
    if person is None or not person.is_member:
        return None
    return _view(tx, view_member(tx, person), compute_version)


def note_share(tx: Tx, *, person_id: PersonId, way: ShareWay, version: str, file_id: str | None) -> None:
    """Record that the member was handed a picture, and keep its `file_id` if it was uploaded just now.

    Comes after the sending, so that a death in between hands it over again instead of never.
    """
    shares.add(tx, person_id, way)
    if file_id is not None:
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

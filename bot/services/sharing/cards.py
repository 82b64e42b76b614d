"""A member takes something to pass on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.sharing import CardVersions, Signature
from bot.services.members import MemberView, enter, view_member
from bot.services.rewards.cards import note_card
from storage.frozen import frozen
from storage.records import PersonId, Profile, ShareWay
from storage.tables import cards, people, shares
from storage.tx import Tx


@frozen
class ShareView:
    """A member's picture: `file_id` where Telegram already has this version of it."""

    member: MemberView
    version: str
    file_id: str | None


@frozen
class InlineView:
    """What can be offered at once: of each story its version, and the `file_id` where Telegram has it."""

    member: MemberView
    versions: Mapping[str, str]
    """By story key."""
    file_ids: Mapping[str, str]
    """By story key; a story whose card was never sent is missing."""


def look_up_card(tx: Tx, *, visitor: Profile, versions: CardVersions, story: str = "") -> ShareView:
    """The member's card, found if it was sent before."""
    return view_card(tx, view_member(tx, enter(tx, visitor)), versions, story)


def look_up_qr(tx: Tx, *, visitor: Profile, versions: CardVersions, story: str = "") -> ShareView:  # noqa: ARG001 -- asked like a card
    """The member's QR code alone, found if it was sent before."""
    member = view_member(tx, enter(tx, visitor))
    return _find(tx, member, versions.of_qr(sign(member), member.language))


def find_cards(tx: Tx, *, telegram_id: int, versions: CardVersions, stories: Sequence[str]) -> InlineView | None:
    """The member's cards for an inline answer; None for somebody who has not started the bot."""
    person = people.find_member(tx, telegram_id)
    if person is None:
        return None
    member = view_member(tx, person)
    named = {story: versions.of_card(sign(member), member.language, story) for story in stories}
    found = cards.list_file_ids(tx, person.id, named.values())
    file_ids = {story: found[version] for story, version in named.items() if version in found}
    return InlineView(member=member, versions=named, file_ids=file_ids)


def note_share(
    tx: Tx, *, person_id: PersonId, way: ShareWay, version: str, file_id: str | None, story: str = ""
) -> None:
    """Record that the member was handed a picture, and keep its `file_id` if it was uploaded just now.

    Comes after the sending, so that a death in between hands it over again instead of never.
    """
    shares.add(tx, person_id, way, story)
    note_card(tx, person_id, way)
    if file_id is not None:
        cards.set_file_id(tx, person_id, version, file_id)


def keep_card(tx: Tx, *, person_id: PersonId, version: str, file_id: str) -> None:
    """Keep the `file_id` of a picture that was uploaded only to be looked at: no share."""
    cards.set_file_id(tx, person_id, version, file_id)


def forget_cards(tx: Tx, *, person_id: PersonId, versions: Sequence[str]) -> None:
    """Telegram no longer knows these pictures: whoever sends one next uploads it again."""
    for version in versions:
        cards.forget(tx, person_id, version)


def note_chosen(tx: Tx, *, telegram_id: int, way: ShareWay, story: str) -> None:
    """Count a card that went into a chat by way of the bot; a count, never the record of an attribution."""
    person = people.find_member(tx, telegram_id)
    if person is not None:
        shares.add(tx, person.id, way, story)
        note_card(tx, person.id, way)


def view_card_of(tx: Tx, *, person_id: PersonId, versions: CardVersions, story: str) -> ShareView:
    """The card of a member with a story, found if it was sent before.

    Raises:
        RowMissing: there is nobody of this number.
    """
    return view_card(tx, view_member(tx, people.get(tx, person_id)), versions, story)


def view_card(tx: Tx, member: MemberView, versions: CardVersions, story: str) -> ShareView:
    """A member's card with a story, found if it was sent before."""
    return _find(tx, member, versions.of_card(sign(member), member.language, story))


def sign(member: MemberView) -> Signature:
    """What of a member shows on their pictures."""
    return Signature(name=member.name, own_words=member.own_words, code=member.code, face=member.face, tier=member.tier)


def _find(tx: Tx, member: MemberView, version: str) -> ShareView:
    return ShareView(member=member, version=version, file_id=cards.find_file_id(tx, member.id, version))

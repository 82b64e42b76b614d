"""Pictures that Telegram has and nobody will be handed any more: another name, another story, another photo is on them now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.durations import DAY
from bot.core.sharing import CardVersions
from bot.services.members import view_member
from bot.services.sharing.cards import sign
from storage.frozen import frozen
from storage.records import PersonId
from storage.tables import cards, people
from storage.tx import Tx

YOUNGEST = DAY
"""What was uploaded less than a day ago stays: a face that is looked at first, a word that is tried out."""


@frozen
class OldCards:
    """What some members have of no use."""

    found: Sequence[tuple[PersonId, str]]
    """Whose picture, and which version."""
    last: PersonId | None
    """The last member who was looked at; None when there are no more."""


def find_old_cards(tx: Tx, *, versions: CardVersions, after: PersonId, limit: int) -> OldCards:
    """Look at the pictures of the next so many members, and name those that look like no card of theirs now."""
    owners = cards.list_owners(tx, after=after, limit=limit)
    current = {
        person.id: versions.list_current(sign(view_member(tx, person)))
        for person in people.list_by_ids(tx, owners).values()
    }
    kept = cards.list_versions(tx, owners, before=tx.now - YOUNGEST)
    old = [(person_id, version) for person_id, version in kept if version not in current.get(person_id, ())]
    return OldCards(found=old, last=owners[-1] if owners else None)


def drop_old_cards(tx: Tx, found: Sequence[tuple[PersonId, str]]) -> None:
    """Forget what these are called; should one be wanted after all, it is uploaded once more."""
    for person_id, version in found:
        cards.forget(tx, person_id, version)

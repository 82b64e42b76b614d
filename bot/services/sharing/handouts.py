"""Cards that nobody asked for: a newcomer's first one, and those made ready in the vault.

Each is claimed durably before it is sent, as a broadcast is: a death in between leaves it unknown, and never doubles it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

from bot.core.sharing import CardVersions
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, view_member
from bot.services.sharing.cards import sign
from storage.frozen import frozen
from storage.handout import Handout, HandoutId, HandoutKind
from storage.records import PersonId
from storage.tables import cards, outbox, people
from storage.tx import Tx


@frozen
class DueCard:
    """A card to be handed out now, as it is at this moment."""

    handout: Handout
    member: MemberView
    version: str
    file_id: str | None
    """Telegram's name for it, where it was uploaded before."""


@frozen
class DueCards:
    """What is to be handed out next."""

    cards: Sequence[DueCard] = ()
    useless: Sequence[HandoutId] = ()
    """What cannot be handed out any more."""
    rest: bool = False
    """Whether anything is owed at all, be it behind a greeting."""


class HandoutEnd(Enum):
    """How the sending of a card ended."""

    SENT = auto()
    UNSENT = auto()
    """Surely not: it is due again after a while."""
    UNKNOWN = auto()
    DROPPED = auto()
    """It is never to be sent."""


@frozen
class HandoutResult:
    """What is written down of one sending."""

    card: DueCard
    end: HandoutEnd
    file_id: str | None = None
    """Of what has just been uploaded."""
    error: str = ""
    wait_seconds: float = 0.0
    """For `UNSENT`: until it is tried again; a restart tries at once."""
    lost: bool = False
    """Telegram does not know the picture any more."""
    blocked: bool = False
    """The member does not want the bot."""


def find_unwished(tx: Tx, *, person_id: PersonId, kind: HandoutKind, stories: Mapping[str, str]) -> Mapping[str, str]:
    """Those of a member's missing pictures that were not wished for yet: story keys by version."""
    wished = outbox.list_card_states(tx, person_id)
    return {version: story for version, story in stories.items() if (kind, version) not in wished}


def wish(tx: Tx, *, person_id: PersonId, kind: HandoutKind, stories: Mapping[str, str]) -> None:
    """Have pictures made ready, in the vault or in the member's own chat; each version of a card once at most."""
    for version, story in stories.items():
        if cards.find_file_id(tx, person_id, version) is None:
            outbox.add_card(tx, person_id=person_id, kind=kind, version=version, story=story)


def begin(tx: Tx) -> int:
    """Settle as unknown what a former process was sending, and return how many."""
    return outbox.mark_cards_unknown(tx)


def find_due_cards(
    tx: Tx, *, versions: CardVersions, limit: int, vault: bool, held: Collection[HandoutId] = ()
) -> DueCards:
    """The next cards: of newcomers first, then of who has reached a step, then one for the vault, where that can take one.

    Those that are held already are left out.
    """
    due = _list_due(tx, HandoutKind.FIRST, limit, held) or _list_due(tx, HandoutKind.STEP, limit, held)
    if vault and not due:
        due = _list_due(tx, HandoutKind.VAULT, 1, held)
    if not due:
        return DueCards(rest=outbox.is_card_due(tx))
    seen = {each.id: _view(tx, each, versions) for each in due}
    return DueCards(
        cards=[card for card in seen.values() if card is not None],
        useless=[handout_id for handout_id, card in seen.items() if card is None],
        rest=True,
    )


def _list_due(tx: Tx, kind: HandoutKind, limit: int, held: Collection[HandoutId]) -> list[Handout]:
    found = outbox.list_due_cards(tx, kind, limit + len(held))
    return [each for each in found if each.id not in held][:limit]


def drop(tx: Tx, useless: Sequence[HandoutId]) -> None:
    """Owe cards no more."""
    for handout_id in useless:
        outbox.delete_card(tx, handout_id)


def _view(tx: Tx, handout: Handout, versions: CardVersions) -> DueCard | None:
    """The card as it is now; None where it is of no use any more."""
    person = people.get(tx, handout.person_id)
    if not person.is_member or person.blocked_at is not None:
        return None
    member = view_member(tx, person)
    if not handout.story:
        handout = replace(handout, story=get_terms(tx).campaign.choose_first_story(person.id))
    version = versions.of_card(sign(member), member.language, handout.story)
    if handout.friends:
        version = versions.of_step(version, handout.friends)
    file_id = cards.find_file_id(tx, person.id, version)
    if handout.is_wished and (file_id is not None or version != handout.version):
        return None
    if handout.friends > member.score:  # one of them was taken back meanwhile, and so was the step
        return None
    return DueCard(handout=handout, member=member, version=version, file_id=file_id)


def claim_card(tx: Tx, card: DueCard) -> DueCard | None:
    """Make a card this process's to send; None where there is nothing to be sent any more.

    What was uploaded meanwhile is not uploaded again.
    """
    file_id = cards.find_file_id(tx, card.member.id, card.version)
    if file_id is not None and card.handout.is_wished:
        outbox.delete_card(tx, card.handout.id)
        return None
    return replace(card, file_id=file_id) if outbox.claim_card(tx, card.handout.id) else None


def settle_cards(tx: Tx, results: Sequence[HandoutResult]) -> None:
    """Write down how cards ended; nothing is kept of somebody who was forgotten meanwhile."""
    for each in results:
        _settle(tx, each)


def _settle(tx: Tx, result: HandoutResult) -> None:
    card = result.card
    handout_id = card.handout.id
    if result.lost:
        cards.forget(tx, card.member.id, card.version)
    if result.blocked:
        people.set_blocked(tx, card.member.id, blocked=True)
    if result.end is HandoutEnd.UNSENT:
        outbox.put_off_card(tx, handout_id, result.error)
    elif result.end is HandoutEnd.UNKNOWN:
        outbox.note_card_unknown(tx, handout_id, result.error)
    elif outbox.delete_card(tx, handout_id) and result.file_id is not None:
        cards.set_file_id(tx, card.member.id, card.version, result.file_id)

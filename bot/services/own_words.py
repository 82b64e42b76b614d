"""A member puts the card into their own words: asked for, seen on the card, kept or dropped."""

from __future__ import annotations

from dataclasses import replace

from bot.core.durations import DAY_SECONDS
from bot.core.own_words import WordsFault, decide_words
from bot.core.sharing import CardVersions
from bot.services.members import MemberView, enter, view_member
from bot.services.sharing.cards import ShareView, view_card
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import cards, conversations, people
from storage.tx import Tx

WORDS = "words"
"""The flow in which a member writes a line for the card: typed, then kept or dropped."""

WAIT_SECONDS = 15 * 60
"""For so long a typed text is taken for the words that were asked for."""

KEPT_SECONDS = 5 * DAY_SECONDS
"""For so long words that were seen on the card can be kept."""


@frozen
class Proposal:
    """What a member typed: a card that says it, or the reason why there is none."""

    member: MemberView
    length: int
    fault: WordsFault | None = None
    card: ShareView | None = None
    """Its member says the words, as if they were kept."""


def ask(tx: Tx, *, visitor: Profile, story: str) -> MemberView:
    """Expect the member's words, to be seen on the card with this story."""
    member = view_member(tx, enter(tx, visitor))
    expires_at = tx.now + WAIT_SECONDS * 1_000_000
    conversations.open(tx, member.id, WORDS, "line", {"story": story}, expires_at=expires_at)
    return member


def stop_asking(tx: Tx, *, visitor: Profile) -> MemberView:
    """The member does not want to write after all."""
    member = view_member(tx, enter(tx, visitor))
    conversations.leave(tx, member.id, WORDS)
    return member


def weigh(
    tx: Tx, *, visitor: Profile, text: str, marked: tuple[str, ...], versions: CardVersions, story: str
) -> Proposal:
    """Judge what was typed. Changes nothing: after a refusal the next text is expected as before."""
    member, ruling = view_member(tx, enter(tx, visitor)), decide_words(text, marked)
    length = len(ruling.words)
    if ruling.fault is not None:
        return Proposal(member=member, length=length, fault=ruling.fault)
    card = view_card(tx, replace(member, own_words=ruling.words), versions, story)
    return Proposal(member=member, length=length, card=card)


def draft(tx: Tx, *, person_id: PersonId, words: str, version: str, file_id: str | None) -> None:
    """The member has seen the card with these words.

    Comes after the sending, so that a death in between shows it again instead of never.
    """
    expires_at = tx.now + KEPT_SECONDS * 1_000_000
    conversations.open(tx, person_id, WORDS, "keep", {"words": words}, expires_at=expires_at)
    if file_id is not None:
        cards.set_file_id(tx, person_id, version, file_id)


def keep(tx: Tx, *, visitor: Profile) -> MemberView | None:
    """From now on the card says the words seen last; None where there are none, neither waiting nor kept."""
    person = enter(tx, visitor)
    asked = conversations.find_in(tx, person.id, WORDS)
    if asked is not None and asked.step == "keep":
        conversations.leave(tx, person.id, WORDS)
        people.set_own_words(tx, person.id, asked.data["words"])
        person = replace(person, own_words=asked.data["words"])
    return view_member(tx, person) if person.own_words else None


def drop(tx: Tx, *, visitor: Profile) -> MemberView:
    """Forget the words seen last; what was kept before stays."""
    member = view_member(tx, enter(tx, visitor))
    conversations.leave(tx, member.id, WORDS)
    return member


def remove(tx: Tx, *, visitor: Profile) -> MemberView:
    """The story speaks for itself again, and no line is waited for."""
    person = enter(tx, visitor)
    conversations.leave(tx, person.id, WORDS)
    people.set_own_words(tx, person.id, "")
    return view_member(tx, replace(person, own_words=""))

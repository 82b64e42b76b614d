"""Spoken codes: given the first time one is needed, chosen once by who wants an own one, found again as they are said."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from bot.assets import ASSETS
from bot.core.languages import LANGUAGES, PROGRAM_LANGUAGE, find_language
from bot.core.spoken.codes import WordList, compose_spoken, parse_spoken, parse_words
from bot.core.spoken.own_codes import (
    Refused,
    Unsuitable,
    decide_own,
    parse_own,
    parse_refused,
)
from bot.services.members import MemberView, MustWrite, compute_language, enter, view_member
from storage.frozen import frozen
from storage.records import Person, Profile
from storage.tables import conversations, directory, people
from storage.tx import Tx

SPOKEN = "spoken"
"""The flow in which a member chooses a code."""

WAIT_SECONDS = 15 * 60
"""For so long a typed text is taken for the code that was asked for."""


@frozen
class SpokenView:
    """A member's spoken code."""

    member: MemberView
    code: str
    chosen: bool
    """It is of the member's own choice, which is done once."""


@frozen
class ChoiceView:
    """What came of choosing: the code the member has now, and why it is not the one typed."""

    member: MemberView
    code: str
    refused: Unsuitable | None = None


LISTED = tuple(language for language in LANGUAGES if (ASSETS / "words" / f"{language}.txt").exists())
"""The languages with a list of words."""


class CodesExhausted(Exception):
    """Every code drawn was taken, four-digit numbers included: the word lists are far too short."""


def give_spoken(tx: Tx, person: Person) -> str:
    """A person's spoken code, given now if there is none yet.

    Raises:
        MustWrite: in a read-only unit, when a code would have to be given.
        CodesExhausted: none of the codes drawn was free.
    """
    if person.spoken_code is not None:
        return person.spoken_code
    if not tx.writable:
        raise MustWrite
    for code in compose_spoken(
        load_words(choose_list(compute_language(tx, person))), secrets.choice, secrets.randbelow
    ):
        if people.set_spoken(tx, person.id, code, chosen=False):
            return code
    raise CodesExhausted(f"No spoken code in {compute_language(tx, person)} was free.")


def find_by_said(tx: Tx, text: str) -> Person | None:
    """The member whose spoken code somebody said, of whatever language and spelled as it was heard."""
    codes = [*parse_spoken(text, map(load_words, LISTED)), parse_own(text)]
    owners = (directory.find_by_spoken(tx, code) for code in codes if code)
    return next((owner for owner in owners if owner is not None), None)


def sounds_spoken(text: str) -> bool:
    """Whether a text is made like a code that is given to people."""
    return bool(parse_spoken(text, map(load_words, LISTED)))


def open_spoken(tx: Tx, *, visitor: Profile) -> SpokenView:
    """The member's code, with the choice if it is still open."""
    return _view(tx, enter(tx, visitor))


def ask_own(tx: Tx, *, visitor: Profile) -> SpokenView:
    """Expect the code a member chooses, unless that was done before."""
    person = enter(tx, visitor)
    if not person.spoken_chosen:
        _expect_choice(tx, person)
    return _view(tx, person)


def stop_choosing(tx: Tx, *, visitor: Profile) -> MemberView:
    """The member keeps what there is."""
    person = enter(tx, visitor)
    conversations.leave(tx, person.id, SPOKEN)
    return view_member(tx, person)


def _expect_choice(tx: Tx, person: Person) -> None:
    conversations.open(tx, person.id, SPOKEN, "code", {}, expires_at=tx.now + WAIT_SECONDS * 1_000_000)


def choose_own(tx: Tx, *, visitor: Profile, text: str, shop_names: Iterable[str]) -> ChoiceView:
    """Take what was typed as the member's code, once; after a refusal another can be typed."""
    person = enter(tx, visitor)
    before, code = give_spoken(tx, person), parse_own(text)
    refused = _decide(person, code, shop_names)
    if refused is None and not people.set_spoken(tx, person.id, code, chosen=True):
        refused = Unsuitable.TAKEN
    if refused in {None, Unsuitable.CHOSEN_BEFORE}:
        conversations.leave(tx, person.id, SPOKEN)
    else:
        _expect_choice(tx, person)
    kept = before if refused else code
    member = view_member(tx, replace(person, spoken_code=kept))
    return ChoiceView(member=member, code=kept, refused=refused)


def choose_list(language: str) -> str:
    """Whose words a reader of this language is given."""
    return find_language(language, LISTED) or PROGRAM_LANGUAGE


@cache
def load_words(language: str) -> WordList:
    """The words of a language, one of LISTED."""
    return parse_words(_read(language))


@cache
def load_refused(name: str) -> Refused:
    """The words that nobody gets: `reserved` or `rude`."""
    return parse_refused(_read(name))


def _read(name: str) -> str:
    return (ASSETS / "words" / f"{name}.txt").read_text("utf-8")


def _decide(person: Person, code: str, shop_names: Iterable[str]) -> Unsuitable | None:
    if person.spoken_chosen:
        return Unsuitable.CHOSEN_BEFORE
    return decide_suitable(code, shop_names)


def decide_suitable(code: str, shop_names: Iterable[str]) -> Unsuitable | None:
    """Why a code cannot be anybody's; None where it can, if it is still free."""
    return decide_own(
        code,
        reserved=load_refused("reserved"),
        rude=load_refused("rude"),
        shop_names=shop_names,
        lists=map(load_words, LISTED),
    )


def _view(tx: Tx, person: Person) -> SpokenView:
    code = give_spoken(tx, person)
    member = view_member(tx, replace(person, spoken_code=code))
    return SpokenView(member=member, code=code, chosen=person.spoken_chosen)

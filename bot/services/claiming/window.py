"""Who recommended us? Until when a newcomer can say it, and what the next typed text means."""

from __future__ import annotations

from dataclasses import replace

from bot.core.claiming import compute_end, decide_window
from bot.core.links import Window
from bot.core.throttling import Misses, compute_misses, decide_throttled
from bot.services.campaigns import Terms, get_terms
from bot.services.members import MemberView, enter, view_member
from bot.services.spoken import give_spoken
from storage.records import Person, Profile
from storage.tables import conversations, guesses, referrals, roles
from storage.tx import Tx

CLAIM = "claim"
"""The flow in which a newcomer names the inviter; `offer` in its data is of those who were found last."""


def open_window(tx: Tx, person: Person, terms: Terms) -> Window:
    """Whether this person can say now who recommended the shop."""
    referral = referrals.find_by_invitee(tx, person.id)
    return decide_window(
        started_at=person.started_at,
        claim_days=terms.campaign.rules.claim_days,
        has_referral=referral is not None,
        now=tx.now,
    )


def view_home(tx: Tx, person: Person) -> MemberView:
    """A member as the menu needs them: with a spoken code, and whether they can still name an inviter."""
    code = give_spoken(tx, person)
    member = view_member(tx, replace(person, spoken_code=code))
    can_claim = open_window(tx, person, get_terms(tx)) is Window.OPEN
    return replace(member, can_claim=can_claim, role=roles.find(tx, member.telegram_id))


def open_menu(tx: Tx, *, visitor: Profile) -> MemberView:
    """Whoever asks for the menu."""
    return view_home(tx, enter(tx, visitor))


def expect_claim(tx: Tx, person: Person, terms: Terms, argument: str = "") -> None:
    """Take the next typed text for the inviter's name, for as long as that can be said."""
    assert person.started_at is not None
    end = compute_end(person.started_at, terms.campaign.rules.claim_days)
    conversations.open(tx, person.id, CLAIM, "name", {"offer": argument} if argument else {}, expires_at=end)


def ask_claim(tx: Tx, *, visitor: Profile) -> tuple[MemberView, Window]:
    """Somebody wants to say who recommended the shop."""
    person, terms = enter(tx, visitor), get_terms(tx)
    window = open_window(tx, person, terms)
    if window is Window.OPEN:
        expect_claim(tx, person, terms)
    return view_member(tx, person), window


def name_nobody(tx: Tx, *, visitor: Profile) -> MemberView:
    """Nobody recommended the shop; it can still be said otherwise later."""
    person = enter(tx, visitor)
    conversations.leave(tx, person.id, CLAIM)
    return view_member(tx, person)


def is_throttled(tx: Tx, telegram_id: int) -> bool:
    """Whether somebody has guessed in vain too often of late, by whatever door."""
    tried = guesses.find(tx, telegram_id)
    return tried is not None and decide_throttled(Misses(*tried), tx.now)


def note_miss(tx: Tx, telegram_id: int) -> None:
    """Somebody guessed in vain."""
    tried = guesses.find(tx, telegram_id)
    counted = compute_misses(Misses(*tried) if tried else None, tx.now)
    guesses.set(tx, telegram_id, counted.window_at, counted.count)

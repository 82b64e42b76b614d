"""A member who has been quiet for long is asked once, with a story they have not shared last."""

from __future__ import annotations

from bot.core.durations import DAY
from bot.core.reminding import choose_fresh_story
from bot.core.trials import is_held_out
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, enter, view_member
from bot.services.notices import owe
from bot.services.reminding.notices import Nudge
from storage.addresses import MemberAddress
from storage.records import Person, Profile
from storage.tables import directory, people, shares
from storage.tx import Tx


def nudge(tx: Tx, *, limit: int) -> int:
    """Owe a nudge to members quiet for as long as the campaign says, the quietest first; returns to how many.

    One in a quiet spell: sharing ends the spell, a nudge does not. Who is held out is passed over.

    Args:
        tx: The transaction.
        limit: How many members at most.
    """
    terms = get_terms(tx)
    before = tx.now - terms.rules.pause_days * DAY
    due = directory.list_to_nudge(tx, shared_before=before, nudged_before=before, limit=limit)
    held = {person.id for person in due if is_held_out(person.id, terms.rules.hold_out_percent)}
    for person in due:
        if person.id in held:
            people.pass_over(tx, person.id)
        else:
            _owe(tx, person, choose_fresh_story(terms.story_keys, shares.find_last_story(tx, person.id)))
    return len(due) - len(held)


def set_nudges(tx: Tx, *, visitor: Profile, nudges: bool) -> MemberView:
    """Be nudged now and then, or never."""
    people.set_nudges(tx, enter(tx, visitor).id, nudges)
    return view_member(tx, enter(tx, visitor))


def _owe(tx: Tx, person: Person, story: str) -> None:
    people.note_nudged(tx, person.id)
    owe(tx, MemberAddress(person.id), Nudge(story=story), key=f"{person.id}:{tx.now}")

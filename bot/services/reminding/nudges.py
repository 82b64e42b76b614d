"""A member who has been quiet for long is asked once, with a story they have not shared last."""

from __future__ import annotations

from bot.core.campaigns.pulse import PulseRules
from bot.core.durations import DAY
from bot.core.reminding import Ask
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, enter, view_member
from bot.services.reminding.offers import decide, nudge_now, put_off
from storage.pulse import AskCause
from storage.records import Person, Profile
from storage.tables import directory, people
from storage.tx import Tx


def nudge(tx: Tx, *, limit: int) -> int:
    """Owe a nudge to members quiet for as long as the campaign says, the quietest first; returns to how many.

    One in a quiet spell: sharing ends the spell, a nudge does not. Who is held out is passed over; who is displeased
    waits until their rest is over, and whose night it is for the morning.

    Args:
        tx: The transaction.
        limit: How many members at most.
    """
    asked = 0
    for person in _list_quiet(tx, limit=limit):
        ask = decide(tx, person)
        if ask is Ask.NOW:
            nudge_now(tx, person)
            asked += 1
            continue
        people.pass_over(tx, person.id)
        if ask is Ask.MORNING:
            put_off(tx, person, AskCause.QUIET)
    return asked


def is_anybody_quiet(tx: Tx) -> bool:
    """Whether there is somebody to look at."""
    return bool(_list_quiet(tx, limit=1))


def _list_quiet(tx: Tx, *, limit: int) -> list[Person]:
    campaign = get_terms(tx).campaign
    rest_days = (campaign.pulse or PulseRules()).rest_days
    return directory.list_to_nudge(
        tx,
        shared_before=tx.now - campaign.rules.pause_days * DAY,
        nudged_before=tx.now - campaign.asks.every_days * DAY,
        displeased_before=tx.now - rest_days * DAY,
        limit=limit,
    )


def set_nudges(tx: Tx, *, visitor: Profile, nudges: bool) -> MemberView:
    """Be nudged now and then, or never."""
    people.set_nudges(tx, enter(tx, visitor).id, nudges)
    return view_member(tx, enter(tx, visitor))

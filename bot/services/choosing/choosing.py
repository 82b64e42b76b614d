"""The shop asks, members choose, and those who did hear what comes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.core.choosing import POLLS_SHOWN, compute_result
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.choosing.notices import PollAnnounced, PollEnded, PollResult
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.notices import owe
from storage.addresses import ANNOUNCE, MemberAddress
from storage.frozen import frozen
from storage.poll import PollId, PollRow
from storage.records import PersonId, Profile
from storage.tables import audit, people, polls, roles, shops
from storage.tx import Tx


@frozen
class PollView:
    """A question as a member sees it."""

    row: PollRow
    chosen: int | None
    votes: Mapping[int, int]


@frozen
class ChoosingView:
    """One of the questions that are asked now."""

    member: MemberView
    poll: PollView | None = None
    """None where nothing is asked."""
    page: int = 0
    pages: int = 1
    runs_it: bool = False
    """Whether the member can ask and say what comes of it."""


@frozen
class AskedView:
    """What came of somebody's asking."""

    member: MemberView
    opened: bool
    """False where as much is asked as can be shown."""
    announced: bool = False


def view_choosing(tx: Tx, *, visitor: Profile, page: int = 0) -> ChoosingView:
    """A question that is asked now, with what one has chosen; a page that is not there is the nearest."""
    person, rows = enter(tx, visitor), polls.list_open(tx, limit=POLLS_SHOWN)
    page = max(0, min(page, len(rows) - 1))
    return ChoosingView(
        member=view_member(tx, person),
        poll=_view_poll(tx, rows[page], person.id) if rows else None,
        page=page,
        pages=max(1, len(rows)),
        runs_it=roles.find(tx, visitor.telegram_id) in MANAGERS,
    )


def choose(tx: Tx, *, visitor: Profile, poll_id: PollId, choice: int) -> ChoosingView:
    """Choose, or choose otherwise, as long as it is asked; once it is not, nothing changes."""
    person, row = enter(tx, visitor), polls.lock(tx, poll_id)
    if row is not None and row.closed_at is None and choice < len(row.options):
        polls.set_vote(tx, poll_id, person.id, choice)
    places = [each.id for each in polls.list_open(tx, limit=POLLS_SHOWN)]
    return view_choosing(tx, visitor=visitor, page=places.index(poll_id) if poll_id in places else 0)


def ask(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> AskedView:
    """Ask what a dialogue has come to; the announce chat hears of it.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me = enter(tx, visitor)
    member, said = view_member(tx, me), [each for each in data["said"] if each is not None]
    if len(polls.list_open(tx, limit=POLLS_SHOWN)) >= POLLS_SHOWN:
        return AskedView(member=member, opened=False)
    question = {language: words["question"] for language, words in said}
    options = [
        {language: words["options"][place] for language, words in said} for place in range(len(said[0][1]["options"]))
    ]
    number = polls.add(tx, question, options)
    audit.add(tx, actor_id=me.id, act=Act.ASKED, subject=said[0][1]["question"])
    announced = shops.get(tx).announce_chat is not None
    if announced:
        owe(tx, ANNOUNCE, PollAnnounced(asked=json.dumps(question)), key=number)
    return AskedView(member=member, opened=True, announced=announced)


def find_open(tx: Tx, *, visitor: Profile, poll_id: PollId) -> tuple[MemberView, PollView | None]:
    """A question that is asked still; None for any other.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    row = polls.find(tx, poll_id)
    member = view_member(tx, enter(tx, visitor))
    if row is None or row.closed_at is not None:
        return member, None
    return member, PollView(row=row, chosen=None, votes=polls.count_votes(tx, poll_id))


def end_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> tuple[MemberView, bool]:
    """Say what comes of it, once; all who chose hear it, and the announce chat.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, poll_id = enter(tx, visitor), PollId(data["poll"])
    row, outcome = polls.lock(tx, poll_id), str(data["words"])
    closed = row is not None and polls.close(tx, poll_id, outcome)
    if row is not None and closed:
        first = next(iter(row.question.values()))
        audit.add(tx, actor_id=me.id, act=Act.ANSWERED, subject=first, after=outcome)
        if shops.get(tx).announce_chat is not None:
            owe(tx, ANNOUNCE, PollResult(**_compose_news(tx, row, outcome)), key=poll_id)
    return view_member(tx, me), closed


def has_untold(tx: Tx) -> bool:
    """Whether somebody who chose may not have heard what comes of it."""
    return polls.find_untold(tx) is not None


def tell_some(tx: Tx, limit: int) -> None:
    """Tell some more of those who chose, each once."""
    found = polls.find_untold(tx)
    if found is None:
        return
    row, after = found
    voters = polls.list_voters(tx, row.id, after=after, limit=limit)
    news = PollEnded(**_compose_news(tx, row, row.outcome))
    known = people.list_by_ids(tx, voters)
    for person_id in voters:
        if known[person_id].is_member:
            owe(tx, MemberAddress(person_id), news, key=f"{row.id}:{person_id}")
    polls.set_told(tx, row.id, voters[-1] if len(voters) == limit else None)


def _view_poll(tx: Tx, row: PollRow, person_id: PersonId) -> PollView:
    return PollView(row=row, chosen=polls.find_vote(tx, row.id, person_id), votes=polls.count_votes(tx, row.id))


def _compose_news(tx: Tx, row: PollRow, outcome: str) -> dict[str, Any]:
    result = compute_result(polls.count_votes(tx, row.id))
    won = row.options[result.choice] if result is not None and not result.is_level else {}
    percent = round(100 * result.votes / result.count) if result is not None else 0
    return {"asked": json.dumps(row.question), "won": json.dumps(won), "percent": percent, "outcome": outcome}

"""The team answers ideas, and each author hears it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.ideas import BEFORE, CO_MAKER
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.ideas.notices import IdeaAnswered
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.reminding.offers import offer
from bot.services.rewards.alone import note_alone
from storage.addresses import MemberAddress
from storage.facts import EventKind
from storage.frozen import frozen
from storage.idea import OPEN_STATES, IdeaId, IdeaRow, IdeaState
from storage.pulse import AskCause
from storage.records import Profile
from storage.tables import audit, ideas, labels, people, shops
from storage.tx import Tx

QUOTED = 200
"""Characters of an idea that its answer quotes."""


@frozen
class IdeaView:
    """An idea as the team sees it."""

    member: MemberView
    """Who looks."""
    row: IdeaRow | None = None
    """None where there is none."""
    author: str = ""
    late: bool = False
    """It had come farther already, and stays so."""


def view_idea(tx: Tx, *, visitor: Profile, idea_id: IdeaId) -> IdeaView:
    """One idea.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _view(tx, visitor, ideas.find(tx, idea_id))


def view_next(tx: Tx, *, visitor: Profile, after: IdeaId) -> IdeaView:
    """The oldest that is not decided, behind another one.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    return _view(tx, visitor, ideas.find_next(tx, OPEN_STATES, after=after))


def answer_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> IdeaView:
    """Answer with what a dialogue has come to.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    idea_id, state = IdeaId(data["idea"]), IdeaState(data["state"])
    return answer(tx, visitor=visitor, idea_id=idea_id, state=state, words=str(data["words"]))


def answer(tx: Tx, *, visitor: Profile, idea_id: IdeaId, state: IdeaState, words: str = "") -> IdeaView:
    """Move an idea on, once, and tell its author; who gives it up or does it says a line to that.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    me, row = enter(tx, visitor), ideas.lock(tx, idea_id)
    if row is None:
        return _view(tx, visitor, None)
    if not ideas.set_answer(tx, idea_id, state, answer=words, before=BEFORE[state]):
        return _view(tx, visitor, row, late=row.state is not state)
    audit.add(tx, actor_id=me.id, act=Act.IDEA, subject="", person_id=row.person_id, before=row.state, after=state)
    adopted = state is IdeaState.ADOPTED
    if people.get(tx, row.person_id).is_member:
        asks = adopted and shops.get(tx).announce_chat is not None
        said = row.text[:QUOTED]
        honoured = adopted and row.person_id != me.id
        news = IdeaAnswered(idea=idea_id, idea_state=state, said=said, answer=words, honoured=honoured, asks=asks)
        owe(tx, MemberAddress(row.person_id), news, key=f"{idea_id}:{state}")
        if honoured:
            _honour(tx, row)
    return _view(tx, visitor, ideas.find(tx, idea_id))


def _honour(tx: Tx, row: IdeaRow) -> None:
    """Nobody honours themselves."""
    labels.add(tx, row.person_id, CO_MAKER)
    note_alone(tx, EventKind.ADOPTED, row.person_id, key=str(row.id))
    offer(tx, row.person_id, AskCause.IDEA)


def _view(tx: Tx, visitor: Profile, row: IdeaRow | None, *, late: bool = False) -> IdeaView:
    member = view_member(tx, enter(tx, visitor))
    author = compose_name(people.get(tx, row.person_id).profile) if row is not None else ""
    return IdeaView(member=member, row=row, author=author, late=late)

"""Members say what could be better, and want what others have thought of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Any

from bot.core.ideas import ADOPTED_SHOWN, OWN_SHOWN, SHOWN, Taking, compute_since, decide_taken
from bot.core.roles import MANAGERS, TEAM
from bot.services.ideas.notices import IdeaAnnounced, IdeaCame
from bot.services.members import MemberView, enter, list_chats, view_member
from bot.services.notices import owe
from storage.addresses import ANNOUNCE
from storage.frozen import frozen
from storage.idea import OPEN_STATES, IdeaId, IdeaRow, IdeaState, Telling
from storage.records import Person, Profile
from storage.tables import ideas, people, roles, shops
from storage.tx import Tx


@frozen
class Taken:
    """What came of an idea that somebody has sent."""

    member: MemberView
    taking: Taking
    idea_id: IdeaId | None = None


@frozen
class IdeasView:
    """What was thought of here: one's own, what was done, and a page of what others think of."""

    member: MemberView
    own: Sequence[IdeaRow] = ()
    adopted: Sequence[IdeaRow] = ()
    others: Sequence[IdeaRow] = ()
    supported: Collection[IdeaId] = frozenset()
    page: int = 0
    pages: int = 1
    waiting: int | None = None
    """How many are not decided; None where that is not the reader's business."""


@frozen
class TellingView:
    """What an author has said of being told of."""

    member: MemberView
    telling: Telling = field(default=Telling.UNASKED)
    """`UNASKED` where there was nothing to say."""


def take_idea(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> Taken:
    """Keep an idea, and tell whoever runs the shop; a member has a few a day."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    taking = decide_taken(ideas.count_since(tx, person.id, compute_since(tx.now)))
    if taking is not Taking.TAKEN:
        return Taken(member=view_member(tx, person), taking=taking)
    number = ideas.add(tx, person.id, text=str(data["text"]), photo=str(data.get("photo", "")))
    for address in list_chats(tx, MANAGERS):
        owe(tx, address, IdeaCame(idea=number), key=f"{number}:{address.person_id}")
    return Taken(member=view_member(tx, person), taking=taking, idea_id=number)


def find_own(tx: Tx, *, visitor: Profile, idea_id: IdeaId) -> tuple[MemberView, bool]:
    """Whether this is an idea of whoever asks that is not decided yet, so that a picture can go with it."""
    person = enter(tx, visitor)
    return view_member(tx, person), _is_own(ideas.find(tx, idea_id), person)


def add_picture(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> tuple[MemberView, bool]:
    """Put a picture to one's own idea."""
    person, idea_id = enter(tx, visitor), IdeaId(data["idea"])
    own = _is_own(ideas.lock(tx, idea_id), person)
    if own:
        ideas.set_photo(tx, idea_id, str(data["photo"]))
    return view_member(tx, person), own


def view_ideas(tx: Tx, *, visitor: Profile, page: int = 0) -> IdeasView:
    """What was thought of here; a page that is not there is the nearest."""
    person = enter(tx, visitor)
    pages = max(1, -(-ideas.count_open(tx, but=person.id) // SHOWN))
    page = min(page, pages - 1)
    others = ideas.list_open(tx, but=person.id, limit=SHOWN, skip=page * SHOWN)
    is_team = roles.find(tx, visitor.telegram_id) in TEAM
    return IdeasView(
        member=view_member(tx, person),
        own=ideas.list_of(tx, person.id, limit=OWN_SHOWN),
        adopted=ideas.list_adopted(tx, limit=ADOPTED_SHOWN),
        others=others,
        supported=ideas.list_supported(tx, person.id, [each.id for each in others]),
        page=page,
        pages=pages,
        waiting=sum(ideas.count_in(tx, state) for state in OPEN_STATES) if is_team else None,
    )


def support(tx: Tx, *, visitor: Profile, idea_id: IdeaId, wanted: bool, page: int) -> IdeasView:
    """Want what somebody else has thought of, once, or no more; what is decided, or one's own, is counted for nobody."""
    person, row = enter(tx, visitor), ideas.lock(tx, idea_id)
    if row is not None and row.person_id != person.id and row.state in OPEN_STATES:
        (ideas.add_support if wanted else ideas.remove_support)(tx, idea_id, person.id)
    return view_ideas(tx, visitor=visitor, page=page)


def let_tell(tx: Tx, *, visitor: Profile, idea_id: IdeaId, agreed: bool) -> TellingView:
    """The author of an adopted idea says whether all may be told; what was said first holds."""
    person, row = enter(tx, visitor), ideas.lock(tx, idea_id)
    member = view_member(tx, person)
    if row is None or row.person_id != person.id or row.state is not IdeaState.ADOPTED:
        return TellingView(member=member)
    telling = Telling.AGREED if agreed else Telling.REFUSED
    if not ideas.set_telling(tx, idea_id, telling):
        return TellingView(member=member, telling=row.telling)
    if agreed and shops.get(tx).announce_chat is not None:
        owe(tx, ANNOUNCE, IdeaAnnounced(person=person.id, answer=row.answer), key=idea_id)
    return TellingView(member=member, telling=telling)


def _is_own(row: IdeaRow | None, person: Person) -> bool:
    return row is not None and row.person_id == person.id and row.state in OPEN_STATES

"""What members have thought of, and whom else wants it: tables `idea` and `idea_support`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, func, insert, literal_column, select, update

from storage.columns import pair_names
from storage.idea import OPEN_STATES, IdeaId, IdeaRow, IdeaState, Telling
from storage.records import PersonId
from storage.schema.ideas import idea, idea_support
from storage.tx import Conflicting, Row, Tx

_IDEA = ("id", "person_id", "text", "photo", "state", "answer", "telling", "supporters", "made_at", "answered_at")
_NEW = ("person_id", "text", "photo", "state", "made_at")
_OPEN = idea.c.state.in_([literal_column(f"'{state}'") for state in OPEN_STATES])
_IDEAS = select(*(idea.c[name] for name in _IDEA))

_ADD = insert(idea).values({name: bindparam(name) for name in _NEW}).returning(idea.c.id)
_FIND = _IDEAS.where(idea.c.id == bindparam("of"))
_LOCK = _FIND.with_for_update()
_COUNT_SINCE = (
    select(func.count())
    .select_from(idea)
    .where(idea.c.person_id == bindparam("of"), idea.c.made_at > bindparam("since"))
)
_LIST_OF = (
    _IDEAS.where(idea.c.person_id == bindparam("of"))
    .order_by(idea.c.made_at.desc(), idea.c.id.desc())
    .limit(bindparam("limit"))
)
_LIST_OPEN = (
    _IDEAS.where(_OPEN)
    .where(idea.c.person_id != bindparam("but"))
    .order_by(idea.c.supporters.desc(), idea.c.id.desc())
    .limit(bindparam("limit"))
    .offset(bindparam("skip"))
)
_COUNT_OPEN = select(func.count()).select_from(idea).where(_OPEN).where(idea.c.person_id != bindparam("but"))
_LIST_ADOPTED = (
    _IDEAS.where(idea.c.state == literal_column(f"'{IdeaState.ADOPTED}'"))
    .order_by(idea.c.id.desc())
    .limit(bindparam("limit"))
)
_COUNT_IN = select(func.count()).select_from(idea).where(idea.c.state == bindparam("state"))
_FIND_NEXT = (
    _IDEAS.where(idea.c.state.in_(bindparam("states", expanding=True)), idea.c.id > bindparam("above"))
    .order_by(idea.c.id)
    .limit(1)
)
_ANSWER = (
    update(idea)
    .where(idea.c.id == bindparam("of"), idea.c.state.in_(bindparam("expected", expanding=True)))
    .values(state=bindparam("state"), answer=bindparam("answer"), answered_at=bindparam("now"))
)
_SET_PHOTO = update(idea).where(idea.c.id == bindparam("of")).values(photo=bindparam("photo"))
_TELL = (
    update(idea)
    .where(idea.c.id == bindparam("of"), idea.c.telling == bindparam("unasked"))
    .values(telling=bindparam("telling"))
)
_SUPPORT = Conflicting(
    lambda insert: (
        insert(idea_support)
        .values(idea_id=bindparam("of"), person_id=bindparam("who"), supported_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["idea_id", "person_id"])
    )
)
_LEAVE = delete(idea_support).where(
    idea_support.c.idea_id == bindparam("of"), idea_support.c.person_id == bindparam("who")
)
_COUNT_SUPPORT = (
    update(idea).where(idea.c.id == bindparam("of")).values(supporters=idea.c.supporters + bindparam("more"))
)
_LIST_SUPPORTED = select(idea_support.c.idea_id).where(
    idea_support.c.person_id == bindparam("person_id"), idea_support.c.idea_id.in_(bindparam("ids", expanding=True))
)
_LIST_SUPPORTS_OF = select(idea_support.c.idea_id).where(idea_support.c.person_id == bindparam("who"))
_DELETE_SUPPORTS = delete(idea_support).where(
    idea_support.c.idea_id.in_(
        select(idea.c.id).where(idea.c.person_id == bindparam("of"), idea.c.state != bindparam("adopted"))
    )
)
_DELETE_OF = delete(idea).where(idea.c.person_id == bindparam("of"), idea.c.state != bindparam("adopted"))
_BLANK_OF = (
    update(idea)
    .where(idea.c.person_id == bindparam("of"))
    .values(text="", photo="", answer="", telling=Telling.REFUSED)
)


def add(tx: Tx, person_id: PersonId, *, text: str, photo: str) -> IdeaId:
    """Keep an idea; `photo` is Telegram's name of a picture, empty for none."""
    values = (person_id, text, photo, IdeaState.OPEN, tx.now)
    return IdeaId(tx.scalar(_ADD, **dict(pair_names(_NEW, values))))


def find(tx: Tx, idea_id: IdeaId) -> IdeaRow | None:
    """Return an idea."""
    row = tx.row(_FIND, of=idea_id)
    return None if row is None else _to_idea(row)


def lock(tx: Tx, idea_id: IdeaId) -> IdeaRow | None:
    """Return an idea that nobody else changes until this transaction ends."""
    row = tx.row(_LOCK, of=idea_id)
    return None if row is None else _to_idea(row)


def count_since(tx: Tx, person_id: PersonId, since: int) -> int:
    """Count what somebody has thought of since a moment."""
    return int(tx.scalar(_COUNT_SINCE, of=person_id, since=since))


def list_of(tx: Tx, person_id: PersonId, *, limit: int) -> list[IdeaRow]:
    """Return somebody's own, the last one first."""
    return [_to_idea(row) for row in tx.rows(_LIST_OF, of=person_id, limit=limit)]


def list_open(tx: Tx, *, but: PersonId, limit: int, skip: int = 0) -> list[IdeaRow]:
    """Return what others think of and is not decided, what most want first."""
    return [_to_idea(row) for row in tx.rows(_LIST_OPEN, but=but, limit=limit, skip=skip)]


def count_open(tx: Tx, *, but: PersonId) -> int:
    """Count what others think of and is not decided."""
    return int(tx.scalar(_COUNT_OPEN, but=but))


def list_adopted(tx: Tx, *, limit: int) -> list[IdeaRow]:
    """Return what was done, the last one first."""
    return [_to_idea(row) for row in tx.rows(_LIST_ADOPTED, limit=limit)]


def count_in(tx: Tx, state: IdeaState) -> int:
    """Count the ideas of a state."""
    return int(tx.scalar(_COUNT_IN, state=state))


def find_next(tx: Tx, states: Collection[IdeaState], *, after: IdeaId) -> IdeaRow | None:
    """Return the oldest idea of some states behind another."""
    row = tx.row(_FIND_NEXT, states=sorted(states), above=after)
    return None if row is None else _to_idea(row)


def set_answer(tx: Tx, idea_id: IdeaId, state: IdeaState, *, answer: str, before: Collection[IdeaState]) -> bool:
    """Move an idea on; False where it has come farther meanwhile."""
    return tx.run(_ANSWER, of=idea_id, state=state, answer=answer, expected=sorted(before), now=tx.now) == 1


def set_photo(tx: Tx, idea_id: IdeaId, photo: str) -> None:
    """Put a picture to an idea, in place of another; `photo` is Telegram's name of it."""
    tx.run(_SET_PHOTO, of=idea_id, photo=photo)


def set_telling(tx: Tx, idea_id: IdeaId, telling: Telling) -> bool:
    """Note whether all may be told; False where that was said before."""
    return tx.run(_TELL, of=idea_id, telling=telling, unasked=Telling.UNASKED) == 1


def add_support(tx: Tx, idea_id: IdeaId, person_id: PersonId) -> bool:
    """Count somebody who wants it too, once."""
    added = tx.run(_SUPPORT, of=idea_id, who=person_id, now=tx.now) == 1
    if added:
        tx.run(_COUNT_SUPPORT, of=idea_id, more=1)
    return added


def remove_support(tx: Tx, idea_id: IdeaId, person_id: PersonId) -> bool:
    """Count somebody no more; False where they were not counted."""
    removed = tx.run(_LEAVE, of=idea_id, who=person_id) == 1
    if removed:
        tx.run(_COUNT_SUPPORT, of=idea_id, more=-1)
    return removed


def list_supported(tx: Tx, person_id: PersonId, ids: Collection[IdeaId]) -> set[IdeaId]:
    """Return which of some ideas somebody wants too."""
    rows = tx.rows(_LIST_SUPPORTED, person_id=person_id, ids=sorted(ids)) if ids else ()
    return {IdeaId(number) for (number,) in rows}


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Take out what somebody thought of and wanted; of what was done it stays that it was."""
    for (number,) in tx.rows(_LIST_SUPPORTS_OF, who=person_id):
        remove_support(tx, IdeaId(number), person_id)
    tx.run(_DELETE_SUPPORTS, of=person_id, adopted=IdeaState.ADOPTED)
    tx.run(_DELETE_OF, of=person_id, adopted=IdeaState.ADOPTED)
    tx.run(_BLANK_OF, of=person_id)


def _to_idea(row: Row) -> IdeaRow:
    values = dict(pair_names(_IDEA, row))
    return IdeaRow(**values | {"state": IdeaState(values["state"]), "telling": Telling(values["telling"])})

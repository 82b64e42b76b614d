"""What a shop has its members choose, and what they chose: tables `poll` and `vote`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from storage.columns import pair_names
from storage.poll import PollId, PollRow, Words
from storage.records import PersonId
from storage.schema.polls import poll, vote
from storage.tx import Conflicting, Row, Tx

_POLL = ("id", "question", "options", "outcome", "opened_at", "closed_at")
_NEW = ("question", "options", "opened_at")
_POLLS = select(*(poll.c[name] for name in _POLL))
_OPEN = and_(poll.c.told_at.is_(None), poll.c.closed_at.is_(None))

_ADD = insert(poll).values({name: bindparam(name) for name in _NEW}).returning(poll.c.id)
_FIND = _POLLS.where(poll.c.id == bindparam("of"))
_LOCK = _FIND.with_for_update()
_LIST_OPEN = _POLLS.where(_OPEN).order_by(poll.c.id).limit(bindparam("limit"))
_CLOSE = (
    update(poll)
    .where(poll.c.id == bindparam("of"), poll.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"), outcome=bindparam("outcome"))
)
_FIND_UNTOLD = (
    _POLLS.add_columns(poll.c.told_upto)
    .where(poll.c.told_at.is_(None), poll.c.closed_at.is_not(None))
    .order_by(poll.c.id)
    .limit(1)
)
_TELL = update(poll).where(poll.c.id == bindparam("of")).values(told_upto=bindparam("upto"))
_END_TELLING = update(poll).where(poll.c.id == bindparam("of")).values(told_at=bindparam("now"))
_VOTE = Conflicting(
    lambda insert: (
        insert(vote)
        .values(
            poll_id=bindparam("of"), person_id=bindparam("who"), choice=bindparam("choice"), voted_at=bindparam("now")
        )
        .on_conflict_do_update(
            index_elements=["poll_id", "person_id"],
            set_={"choice": insert(vote).excluded.choice, "voted_at": insert(vote).excluded.voted_at},
        )
    )
)
_FIND_VOTE = select(vote.c.choice).where(vote.c.poll_id == bindparam("of"), vote.c.person_id == bindparam("person_id"))
_COUNT = select(vote.c.choice, func.count()).where(vote.c.poll_id == bindparam("of")).group_by(vote.c.choice)
_LIST_VOTERS = (
    select(vote.c.person_id)
    .where(vote.c.poll_id == bindparam("of"), vote.c.person_id > bindparam("above"))
    .order_by(vote.c.person_id)
    .limit(bindparam("limit"))
)
_DELETE_OF = delete(vote).where(vote.c.person_id == bindparam("of"))


def add(tx: Tx, question: Words, options: Sequence[Words]) -> PollId:
    """Open a poll; words by language."""
    values = (json.dumps(dict(question)), json.dumps([dict(each) for each in options]), tx.now)
    return PollId(tx.scalar(_ADD, **dict(pair_names(_NEW, values))))


def find(tx: Tx, poll_id: PollId) -> PollRow | None:
    """Return a poll."""
    row = tx.row(_FIND, of=poll_id)
    return None if row is None else _to_poll(row)


def lock(tx: Tx, poll_id: PollId) -> PollRow | None:
    """Return a poll that nobody closes until this transaction ends."""
    row = tx.row(_LOCK, of=poll_id)
    return None if row is None else _to_poll(row)


def list_open(tx: Tx, *, limit: int) -> list[PollRow]:
    """Return what can be chosen, the oldest first."""
    return [_to_poll(row) for row in tx.rows(_LIST_OPEN, limit=limit)]


def close(tx: Tx, poll_id: PollId, outcome: str) -> bool:
    """Say what comes of it; False where that was said before."""
    return tx.run(_CLOSE, of=poll_id, outcome=outcome, now=tx.now) == 1


def find_untold(tx: Tx) -> tuple[PollRow, PersonId] | None:
    """Return the oldest closed poll of which somebody who chose may not have heard, and up to whom they have."""
    row = tx.row(_FIND_UNTOLD)
    return None if row is None else (_to_poll(row[: len(_POLL)]), PersonId(row[len(_POLL)]))


def set_told(tx: Tx, poll_id: PollId, upto: PersonId | None) -> None:
    """Note up to whom those who chose have heard; None: all have."""
    if upto is None:
        tx.run(_END_TELLING, of=poll_id, now=tx.now)
    else:
        tx.run(_TELL, of=poll_id, upto=upto)


def set_vote(tx: Tx, poll_id: PollId, person_id: PersonId, choice: int) -> None:
    """Note what somebody chooses, in place of what they chose before."""
    tx.run(_VOTE, of=poll_id, who=person_id, choice=choice, now=tx.now)


def find_vote(tx: Tx, poll_id: PollId, person_id: PersonId) -> int | None:
    """Return what somebody chose: a place among the options."""
    found: int | None = tx.scalar(_FIND_VOTE, of=poll_id, person_id=person_id)
    return found


def count_votes(tx: Tx, poll_id: PollId) -> dict[int, int]:
    """Return how many chose what; what nobody chose is not in it."""
    return {int(choice): int(count) for choice, count in tx.rows(_COUNT, of=poll_id)}


def list_voters(tx: Tx, poll_id: PollId, *, after: PersonId, limit: int) -> list[PersonId]:
    """Return who chose, by id from behind one."""
    return [PersonId(number) for (number,) in tx.rows(_LIST_VOTERS, of=poll_id, above=after, limit=limit)]


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what somebody chose; their votes are counted no more."""
    tx.run(_DELETE_OF, of=person_id)


def _to_poll(row: Row) -> PollRow:
    values = dict(pair_names(_POLL, row))
    return PollRow(**values | {name: json.loads(values[name]) for name in ("question", "options")})

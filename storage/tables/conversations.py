"""What people were asked and have not answered: table `conversation`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import bindparam, delete, select, update

from storage.conversation import Conversation
from storage.records import PersonId
from storage.schema.people import conversation
from storage.tx import Conflicting, Tx

_CONTENT = ("flow", "step", "data", "asked_at", "expires_at")

_OPEN = Conflicting(
    lambda insert: (
        insert(conversation)
        .values({name: bindparam(name) for name in ("person_id", *_CONTENT)})
        .on_conflict_do_update(index_elements=["person_id"], set_={name: bindparam(name) for name in _CONTENT})
    )
)
_FIND = select(conversation.c.flow, conversation.c.step, conversation.c.data, conversation.c.expires_at).where(
    conversation.c.person_id == bindparam("of"),
    conversation.c.asked_at <= bindparam("now"),
    conversation.c.expires_at > bindparam("now"),
)
_REDATE = (
    update(conversation)
    .where(conversation.c.asked_at > bindparam("now"))
    .values(
        asked_at=bindparam("now"),
        expires_at=conversation.c.expires_at - conversation.c.asked_at + bindparam("now"),
    )
)
_LEAVE = delete(conversation).where(
    conversation.c.person_id == bindparam("of"), conversation.c.flow == bindparam("flow")
)
_DELETE_OF = delete(conversation).where(conversation.c.person_id == bindparam("of"))
_DELETE_EXPIRED = delete(conversation).where(conversation.c.expires_at <= bindparam("now"))


def open(  # noqa: A001  # read as conversations.open
    tx: Tx, person_id: PersonId, flow: str, step: str, data: Mapping[str, object], *, expires_at: int
) -> None:
    """Ask a person something; replaces whatever they were asked before."""
    written = json.dumps(data, ensure_ascii=False)
    tx.run(_OPEN, person_id=person_id, flow=flow, step=step, data=written, asked_at=tx.now, expires_at=expires_at)


def find(tx: Tx, person_id: PersonId) -> Conversation | None:
    """Return what a person was asked, unless it is too late to answer, or was asked by a clock that is ahead of ours."""
    row = tx.row(_FIND, of=person_id, now=tx.now)
    return None if row is None else Conversation(flow=row[0], step=row[1], data=json.loads(row[2]), expires_at=row[3])


def find_in(tx: Tx, person_id: PersonId, flow: str) -> Conversation | None:
    """Return a person's place in this flow; None where they are in none or in another."""
    found = find(tx, person_id)
    return found if found is not None and found.flow == flow else None


def leave(tx: Tx, person_id: PersonId, flow: str) -> bool:
    """Ask no more; False, and nothing changes, where the person is not in this flow."""
    return tx.run(_LEAVE, of=person_id, flow=flow) == 1


def redate(tx: Tx) -> int:
    """Let what was asked by a clock that was ahead wait from now on, as long as it was to wait; return how many."""
    return tx.run(_REDATE, now=tx.now)


def delete_expired(tx: Tx) -> int:
    """Forget what nobody answered in time; return how many."""
    return tx.run(_DELETE_EXPIRED, now=tx.now)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Forget what a person was asked, whatever it was."""
    tx.run(_DELETE_OF, of=person_id)

"""Notices: what the bot owes somebody, written with the fact it tells: table `outbox`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, func, literal_column, select, update

from storage.addresses import Address, ChatAddress, ChatRole, MemberAddress
from storage.records import NoticeId, NoticeOwed, NoticeState, OutboxRow, PersonId
from storage.schema import outbox
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

# Written out, not bound: only then do the planners see that the partial index serves.
_OWED = outbox.c.state == literal_column("'owed'")
_AMONG_IDS = outbox.c.id.in_(bindparam("ids", expanding=True))

_ADDED = ("channel", "recipient_id", "address", "kind", "payload", "key", "created_at")
_ADD = Conflicting(
    lambda insert: (
        insert(outbox)
        .values({name: bindparam(name) for name in _ADDED})
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(outbox.c.id)
    )
)
_NOTICE = select(
    outbox.c.id,
    outbox.c.recipient_id,
    outbox.c.address,
    outbox.c.kind,
    outbox.c.payload,
    outbox.c.attempts,
    outbox.c.created_at,
    outbox.c.topic_id,
)
_LIST_OWED = _NOTICE.where(_OWED, outbox.c.id > bindparam("after")).order_by(outbox.c.id).limit(bindparam("limit"))
_LIST_BY_IDS = _NOTICE.where(_AMONG_IDS).order_by(outbox.c.id)
_SETTLE = (
    update(outbox)
    .where(_AMONG_IDS, _OWED)
    .values(state=bindparam("state"), error=bindparam("error"), settled_at=bindparam("now"))
)
_REOPEN = (
    update(outbox)
    .where(
        outbox.c.recipient_id == bindparam("of"),
        outbox.c.kind == bindparam("kind"),
        outbox.c.state == literal_column("'failed'"),
    )
    .values(state=literal_column("'owed'"), settled_at=None, attempts=0)
    .returning(outbox.c.id)
)
_SET_TOPIC = update(outbox).where(_AMONG_IDS, _OWED).values(topic_id=bindparam("topic_id"))
_NOTE_ATTEMPT = update(outbox).where(_AMONG_IDS, _OWED).values(attempts=outbox.c.attempts + 1, error=bindparam("error"))
_DELETE_SETTLED = delete(outbox).where(
    outbox.c.id.in_(select(outbox.c.id).where(outbox.c.settled_at < bindparam("before")).limit(bindparam("limit")))
)
_DELETE_OF = delete(outbox).where(outbox.c.recipient_id == bindparam("of"))
_COUNT_OWED = select(func.count()).select_from(outbox).where(_OWED)
_FIND_OLDEST_UNTRIED = (
    select(outbox.c.created_at)
    .where(_OWED, outbox.c.attempts == 0, outbox.c.recipient_id.is_not(None))
    .order_by(outbox.c.id)
    .limit(1)
)
_FIND_KEY = select(outbox.c.id).where(outbox.c.key == bindparam("key"))


def add(tx: Tx, *, address: Address, kind: str, payload: Mapping[str, int | str], key: str) -> NoticeId | None:
    """Owe a notice, once per key, and tell `NoticeOwed`; None where the key was used before."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    notice_id: NoticeId | None = tx.scalar(
        _ADD,
        channel=address.channel,
        recipient_id=address.person_id if isinstance(address, MemberAddress) else None,
        address="" if isinstance(address, MemberAddress) else address.role,
        kind=kind,
        payload=text,
        key=key,
        created_at=tx.now,
    )
    if notice_id is not None:
        tx.tell(NoticeOwed(notice_id=notice_id, address=address))
    return notice_id


def knows(tx: Tx, key: str) -> bool:
    """Whether a notice was owed under this key, as far back as they are kept."""
    return tx.row(_FIND_KEY, key=key) is not None


def list_owed(tx: Tx, *, after: NoticeId, limit: int) -> list[OutboxRow]:
    """Return notices still owed, oldest first, from behind `after`.

    For paging through what a start finds. Ids are drawn before the commit, so a lower one may become visible later:
    who follows the running bot listens to `NoticeOwed` instead.
    """
    return [_to_row(row) for row in tx.rows(_LIST_OWED, after=after, limit=limit)]


def list_by_ids(tx: Tx, ids: Collection[NoticeId]) -> list[OutboxRow]:
    """Return the notices among some ids, oldest first, whatever their state."""
    return [_to_row(row) for row in tx.rows(_LIST_BY_IDS, ids=list(ids))] if ids else []


def set_topic(tx: Tx, ids: Collection[NoticeId], topic_id: int) -> None:
    """Have owed notices answer in a topic of their recipient's chat."""
    if ids:
        tx.run(_SET_TOPIC, ids=list(ids), topic_id=topic_id)


def settle(tx: Tx, ids: Collection[NoticeId], state: NoticeState, error: str = "") -> int:
    """Note how owed notices ended, and return how many were still owed."""
    return tx.run(_SETTLE, ids=list(ids), state=state, error=error and clean_error(error), now=tx.now) if ids else 0


def reopen(tx: Tx, person_id: PersonId, kind: str) -> None:
    """Owe somebody again what of one kind did not reach them, and tell `NoticeOwed`; reads a week of notices."""
    for (notice_id,) in tx.rows(_REOPEN, of=person_id, kind=kind):
        tx.tell(NoticeOwed(notice_id=notice_id, address=MemberAddress(person_id)))


def note_attempt(tx: Tx, ids: Collection[NoticeId], error: str) -> None:
    """Count an attempt that did not settle the notices."""
    if ids:
        tx.run(_NOTE_ATTEMPT, ids=list(ids), error=clean_error(error))


def delete_settled(tx: Tx, *, before: int, limit: int) -> int:
    """Forget notices settled before a moment, with their keys, and return how many."""
    return tx.run(_DELETE_SETTLED, before=before, limit=limit)


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Owe a person nothing, and forget what they were told; reads a week of notices."""
    tx.run(_DELETE_OF, of=person_id)


def count_owed(tx: Tx) -> int:
    """Count the notices still owed."""
    return int(tx.scalar(_COUNT_OWED))


def find_oldest_untried(tx: Tx) -> int | None:
    """Return since when a member has waited longest for a notice that nobody has tried to send; None where nobody waits."""
    found: int | None = tx.scalar(_FIND_OLDEST_UNTRIED)
    return found


def _to_row(row: Row) -> OutboxRow:
    notice_id, recipient_id, address, kind, payload, attempts, created_at, topic_id = row
    return OutboxRow(
        id=notice_id,
        address=MemberAddress(recipient_id) if recipient_id is not None else ChatAddress(ChatRole(address)),
        kind=kind,
        payload=json.loads(payload),
        attempts=attempts,
        created_at=created_at,
        topic_id=topic_id,
    )

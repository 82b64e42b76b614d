"""What the bot owes somebody: notices, written with the fact they tell, and cards that nobody asked for: tables `outbox`, `handout`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, exists, func, literal_column, or_, select, update

from storage.addresses import Address, ChatAddress, ChatRole, MemberAddress
from storage.handout import Handout, HandoutId, HandoutKind, HandoutState
from storage.records import HandoutOwed, NoticeId, NoticeOwed, NoticeState, OutboxRow, PersonId
from storage.schema.messages import outbox
from storage.schema.sharing import handout
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

_DUE = handout.c.state == literal_column("'due'")
_SENDING = handout.c.state == literal_column("'sending'")
_THIS = handout.c.id == bindparam("which")

_CARD_ADDED = ("person_id", "kind", "version", "story", "after_id")
_ADD_CARD = Conflicting(
    lambda insert: (
        insert(handout)
        .values({**{name: bindparam(name) for name in _CARD_ADDED}, "wanted_at": bindparam("now")})
        .on_conflict_do_nothing(index_elements=["person_id", "kind", "version"])
        .returning(handout.c.id)
    )
)
_first = handout.alias("first")
_FIRST_UNDER_WAY = exists().where(
    _first.c.person_id == handout.c.person_id,
    _first.c.kind == literal_column("'first'"),
    _first.c.version == literal_column("''"),
    _first.c.state != literal_column("'unknown'"),
)
_LIST_DUE = (
    select(
        handout.c.id,
        handout.c.person_id,
        handout.c.kind,
        handout.c.story,
        handout.c.version,
        outbox.c.topic_id,
    )
    .select_from(handout.outerjoin(outbox, outbox.c.id == handout.c.after_id))
    .where(
        _DUE,
        handout.c.kind == bindparam("kind"),
        or_(outbox.c.id.is_(None), outbox.c.state != literal_column("'owed'")),
        or_(handout.c.version == literal_column("''"), ~_FIRST_UNDER_WAY),
    )
    .order_by(handout.c.id)
    .limit(bindparam("limit"))
)
_IS_DUE = select(handout.c.id).where(_DUE).limit(1)
_CLAIM = update(handout).where(_THIS, _DUE).values(state=literal_column("'sending'"))
_PUT_OFF = (
    update(handout)
    .where(_THIS, handout.c.state != literal_column("'unknown'"))
    .values(state=literal_column("'due'"), error=bindparam("error"))
)
_NOTE_UNKNOWN = (
    update(handout).where(_THIS, _SENDING).values(state=literal_column("'unknown'"), error=bindparam("error"))
)
_MARK_UNKNOWN = update(handout).where(_SENDING).values(state=literal_column("'unknown'"))
_DELETE_CARD = delete(handout).where(_THIS)
_DELETE_CARDS_OF = delete(handout).where(handout.c.person_id == bindparam("of"))
_DELETE_CARDS_BEFORE = delete(handout).where(
    handout.c.id.in_(select(handout.c.id).where(handout.c.wanted_at < bindparam("before")).limit(bindparam("limit")))
)
_LIST_STATES = select(handout.c.kind, handout.c.version, handout.c.state).where(handout.c.person_id == bindparam("of"))


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


def add_card(
    tx: Tx,
    *,
    person_id: PersonId,
    kind: HandoutKind,
    version: str = "",
    story: str = "",
    after_id: NoticeId | None = None,
) -> None:
    """Owe a card, once per person, kind and version, and tell `HandoutOwed` of one that was not owed before.

    With `after_id` it is not due before that notice is settled, however it ends.
    """
    added = tx.scalar(
        _ADD_CARD, person_id=person_id, kind=kind, version=version, story=story, after_id=after_id, now=tx.now
    )
    if added is not None:
        tx.tell(HandoutOwed())


def list_due_cards(tx: Tx, kind: HandoutKind, limit: int) -> list[Handout]:
    """Return what may be handed out now, in the order of wanting.

    What was wished for waits while the same person's first card is under way: it may be the same picture.
    """
    return [_to_handout(row) for row in tx.rows(_LIST_DUE, kind=kind, limit=limit)]


def is_card_due(tx: Tx) -> bool:
    """Whether anything is owed, be it behind a notice."""
    return tx.scalar(_IS_DUE) is not None


def claim_card(tx: Tx, handout_id: HandoutId) -> bool:
    """Move a due handout to sending; False where it is not due any more. Commit before sending: nothing is claimed twice."""
    return tx.run(_CLAIM, which=handout_id) > 0


def put_off_card(tx: Tx, handout_id: HandoutId, error: str) -> None:
    """Have it due again: only where it is known that nothing was sent."""
    tx.run(_PUT_OFF, which=handout_id, error=clean_error(error))


def note_card_unknown(tx: Tx, handout_id: HandoutId, error: str) -> None:
    """Note that nobody can say whether it arrived."""
    tx.run(_NOTE_UNKNOWN, which=handout_id, error=clean_error(error))


def mark_cards_unknown(tx: Tx) -> int:
    """Give up as unknown what a process that died was sending, and return how many.

    Called once at the start of a process, before it claims anything.
    """
    return tx.run(_MARK_UNKNOWN)


def delete_card(tx: Tx, handout_id: HandoutId) -> bool:
    """It arrived, or is not wanted any more; False where there is no such row."""
    return tx.run(_DELETE_CARD, which=handout_id) > 0


def delete_cards_of(tx: Tx, person_id: PersonId) -> None:
    """Hand out nothing to a person, or for one."""
    tx.run(_DELETE_CARDS_OF, of=person_id)


def delete_cards_before(tx: Tx, *, before: int, limit: int) -> int:
    """Forget handouts wanted before a moment, and return how many."""
    return tx.run(_DELETE_CARDS_BEFORE, before=before, limit=limit)


def list_card_states(tx: Tx, person_id: PersonId) -> dict[tuple[HandoutKind, str], HandoutState]:
    """Return how a person's handouts stand, by kind and version; those that arrived are missing."""
    return {
        (HandoutKind(kind), version): HandoutState(state)
        for kind, version, state in tx.rows(_LIST_STATES, of=person_id)
    }


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


def _to_handout(row: Row) -> Handout:
    handout_id, person_id, kind, story, version, topic_id = row
    return Handout(
        id=handout_id,
        person_id=person_id,
        kind=HandoutKind(kind),
        story=story,
        version=version,
        topic_id=topic_id,
    )

"""Cards that are handed out without being asked for: table `handout`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, literal_column, or_, select, update

from storage.handout import Handout, HandoutId, HandoutKind, HandoutState
from storage.records import HandoutOwed, NoticeId, PersonId
from storage.schema import handout, outbox
from storage.texts import clean_error
from storage.tx import Conflicting, Row, Tx

# Written out, not bound, as elsewhere: the planners choose by it.
_DUE = handout.c.state == literal_column("'due'")
_SENDING = handout.c.state == literal_column("'sending'")
_THIS = handout.c.id == bindparam("which")

_ADDED = ("person_id", "kind", "version", "story", "after_id")
_ADD = Conflicting(
    lambda insert: (
        insert(handout)
        .values({**{name: bindparam(name) for name in _ADDED}, "wanted_at": bindparam("now")})
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
_DELETE = delete(handout).where(_THIS)
_DELETE_OF = delete(handout).where(handout.c.person_id == bindparam("of"))
_DELETE_BEFORE = delete(handout).where(
    handout.c.id.in_(select(handout.c.id).where(handout.c.wanted_at < bindparam("before")).limit(bindparam("limit")))
)
_LIST_OF = select(handout.c.kind, handout.c.version, handout.c.state).where(handout.c.person_id == bindparam("of"))


def add(
    tx: Tx,
    *,
    person_id: PersonId,
    kind: HandoutKind,
    version: str = "",
    story: str = "",
    after_id: NoticeId | None = None,
) -> bool:
    """Owe a card, once per person, kind and version, and tell `HandoutOwed`; False where there is such a row.

    With `after_id` it is not due before that notice is settled, however it ends.
    """
    added = tx.scalar(_ADD, person_id=person_id, kind=kind, version=version, story=story, after_id=after_id, now=tx.now)
    if added is not None:
        tx.tell(HandoutOwed())
    return added is not None


def list_due(tx: Tx, kind: HandoutKind, limit: int) -> list[Handout]:
    """Return what may be handed out now, in the order of wanting.

    What was wished for waits while the same person's first card is under way: it may be the same picture.
    """
    return [_to_handout(row) for row in tx.rows(_LIST_DUE, kind=kind, limit=limit)]


def is_any_due(tx: Tx) -> bool:
    """Whether anything is owed, be it behind a notice."""
    return tx.scalar(_IS_DUE) is not None


def claim(tx: Tx, handout_id: HandoutId) -> bool:
    """Move a due handout to sending; False where it is not due any more. Commit before sending: nothing is claimed twice."""
    return tx.run(_CLAIM, which=handout_id) > 0


def put_off(tx: Tx, handout_id: HandoutId, error: str) -> None:
    """Have it due again: only where it is known that nothing was sent."""
    tx.run(_PUT_OFF, which=handout_id, error=clean_error(error))


def note_unknown(tx: Tx, handout_id: HandoutId, error: str) -> None:
    """Note that nobody can say whether it arrived."""
    tx.run(_NOTE_UNKNOWN, which=handout_id, error=clean_error(error))


def mark_unknown(tx: Tx) -> int:
    """Give up as unknown what a process that died was sending, and return how many.

    Called once at the start of a process, before it claims anything.
    """
    return tx.run(_MARK_UNKNOWN)


def delete_handout(tx: Tx, handout_id: HandoutId) -> bool:
    """It arrived, or is not wanted any more; False where there is no such row."""
    return tx.run(_DELETE, which=handout_id) > 0


def delete_of(tx: Tx, person_id: PersonId) -> None:
    """Hand out nothing to a person, or for one."""
    tx.run(_DELETE_OF, of=person_id)


def delete_before(tx: Tx, *, before: int, limit: int) -> int:
    """Forget handouts wanted before a moment, and return how many."""
    return tx.run(_DELETE_BEFORE, before=before, limit=limit)


def list_states(tx: Tx, person_id: PersonId) -> dict[tuple[HandoutKind, str], HandoutState]:
    """Return how a person's handouts stand, by kind and version; those that arrived are missing."""
    return {
        (HandoutKind(kind), version): HandoutState(state) for kind, version, state in tx.rows(_LIST_OF, of=person_id)
    }


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

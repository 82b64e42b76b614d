"""Messages to many: table `broadcast`."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, func, insert, literal_column, or_, select, update

from storage.broadcast import Action, Broadcast, News
from storage.errors import RowMissing
from storage.records import BroadcastChanged, BroadcastId, BroadcastState, PersonId
from storage.schema.messages import broadcast
from storage.schema.people import person
from storage.tx import Row, Tx

FINAL = frozenset({BroadcastState.CANCELLED, BroadcastState.DONE})

_BROADCAST = select(
    broadcast.c.id,
    broadcast.c.author_id,
    broadcast.c.state,
    broadcast.c.content,
    broadcast.c.progress_message_id,
    broadcast.c.audience_upto,
    broadcast.c.filled_upto,
    broadcast.c.created_at,
    broadcast.c.started_at,
    broadcast.c.finished_at,
    broadcast.c.claimed_by,
    broadcast.c.sample_percent,
    broadcast.c.segment,
    broadcast.c.action,
    broadcast.c.of_id,
    broadcast.c.news,
    broadcast.c.timing,
    broadcast.c.due_at,
    broadcast.c.joined_upto,
    broadcast.c.paid,
)
_ADD = (
    insert(broadcast)
    .values(
        author_id=bindparam("author_id"),
        state=bindparam("state"),
        created_at=bindparam("now"),
        action=bindparam("action"),
        of_id=bindparam("of_id"),
    )
    .returning(broadcast.c.id)
)
_COPIED = ("author_id", "content", "sample_percent", "segment", "news", "paid")
"""What each week's broadcast has of the one that is sent every week."""
_NOW = bindparam("now", type_=broadcast.c.created_at.type)
_REPEAT = (
    insert(broadcast)
    .from_select(
        [*_COPIED, "of_id", "state", "created_at", "started_at"],
        select(*(broadcast.c[name] for name in _COPIED), broadcast.c.id, literal_column("'running'"), _NOW, _NOW).where(
            broadcast.c.id == bindparam("of")
        ),
    )
    .returning(broadcast.c.id)
)
_LIST_OF = (
    _BROADCAST.where(broadcast.c.of_id == bindparam("of")).order_by(broadcast.c.id.desc()).limit(bindparam("limit"))
)
_LIST_RECENT = (
    select(broadcast.c.id)
    .where(
        broadcast.c.action == literal_column("'send'"),
        broadcast.c.started_at.is_not(None),
        or_(broadcast.c.finished_at.is_(None), broadcast.c.finished_at >= bindparam("since")),
    )
    .order_by(broadcast.c.id)
)
_SET_PLAN = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"))
    .values(news=bindparam("news"), timing=bindparam("timing"), paid=bindparam("paid"))
)
_SET_FREE = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"), broadcast.c.paid.is_(True))
    .values(paid=literal_column("false"))
)
_SET_STARTED = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"))
    .values(started_at=bindparam("now"), due_at=bindparam("due_at"), joined_upto=bindparam("joined_upto"))
)
_SET_DUE = update(broadcast).where(broadcast.c.id == bindparam("of")).values(due_at=bindparam("due_at"))
_BY_ID = _BROADCAST.where(broadcast.c.id == bindparam("id"))
_LATEST = _BROADCAST.where(broadcast.c.author_id == bindparam("author_id")).order_by(broadcast.c.id.desc()).limit(1)
_RUNNING = _BROADCAST.where(broadcast.c.state == literal_column("'running'")).order_by(broadcast.c.id)
_SHOWN = _BROADCAST.where(broadcast.c.started_at.is_not(None), broadcast.c.progress_message_id.is_not(None)).order_by(
    broadcast.c.id
)
_CLAIMED_BY = _BROADCAST.where(
    broadcast.c.started_at.is_not(None), broadcast.c.claimed_by == bindparam("run")
).order_by(broadcast.c.id)
_SET_CLAIMED_BY = update(broadcast).where(broadcast.c.id == bindparam("of")).values(claimed_by=bindparam("run"))
_SET_CONTENT = update(broadcast).where(broadcast.c.id == bindparam("of")).values(content=bindparam("content"))
_SET_SEGMENT = update(broadcast).where(broadcast.c.id == bindparam("of")).values(segment=bindparam("segment"))
_LIST_SENT = (
    _BROADCAST.where(broadcast.c.started_at.is_not(None), broadcast.c.action == literal_column("'send'"))
    .order_by(broadcast.c.id.desc())
    .limit(bindparam("limit"))
)
_SET_STATE = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"), broadcast.c.state.in_(bindparam("expected", expanding=True)))
    .values(state=bindparam("state"), finished_at=bindparam("finished_at"))
)
_SET_PROGRESS_MESSAGE = (
    update(broadcast).where(broadcast.c.id == bindparam("of")).values(progress_message_id=bindparam("message_id"))
)
_FIX_AUDIENCE = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"), broadcast.c.audience_upto.is_(None))
    .values(
        audience_upto=select(func.max(person.c.id)).scalar_subquery(),
        started_at=func.coalesce(broadcast.c.started_at, _NOW),
    )
)
_SET_SAMPLE = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("of"))
    .values(sample_percent=bindparam("percent"), filled_upto=literal_column("0"))
)

_DELETE_UNCONFIRMED = delete(broadcast).where(
    broadcast.c.started_at.is_(None), broadcast.c.created_at < bindparam("before")
)


def add(tx: Tx, author_id: PersonId, *, action: Action = Action.SEND, of_id: BroadcastId | None = None) -> Broadcast:
    """Begin a broadcast, as a draft; `of_id` is the one that it edits or deletes."""
    draft = BroadcastState.DRAFT
    broadcast_id = tx.scalar(_ADD, author_id=author_id, state=draft, now=tx.now, action=action, of_id=of_id)
    return get(tx, broadcast_id)


def repeat(tx: Tx, broadcast_id: BroadcastId) -> Broadcast:
    """Begin this week's broadcast of one that is sent every week; it runs from now on."""
    return get(tx, tx.scalar(_REPEAT, of=broadcast_id, now=tx.now))


def list_of(tx: Tx, broadcast_id: BroadcastId, *, limit: int = 10) -> list[Broadcast]:
    """Return what was made of a broadcast, newest first: its weeks, its edits, its deletions."""
    return [_to_broadcast(row) for row in tx.rows(_LIST_OF, of=broadcast_id, limit=limit)]


def list_recent(tx: Tx, *, since: int) -> list[BroadcastId]:
    """Return what was sent to members since a moment, what runs or will run included."""
    return [broadcast_id for (broadcast_id,) in tx.rows(_LIST_RECENT, since=since)]


def get(tx: Tx, broadcast_id: BroadcastId) -> Broadcast:
    """Return a broadcast.

    Raises:
        RowMissing: there is no such broadcast.
    """
    found = find(tx, broadcast_id)
    if found is None:
        raise RowMissing(f"There is no broadcast {broadcast_id}.")
    return found


def find(tx: Tx, broadcast_id: BroadcastId) -> Broadcast | None:
    """Return a broadcast, or None for an id that is nobody's."""
    row = tx.row(_BY_ID, id=broadcast_id)
    return None if row is None else _to_broadcast(row)


def find_counted_id(found: Broadcast) -> BroadcastId:
    """Under whose number its links are counted: an edit's with those of what it edits."""
    return found.of_id if found.action is Action.EDIT and found.of_id is not None else found.id


def find_latest(tx: Tx, author_id: PersonId) -> Broadcast | None:
    """Return the broadcast somebody began last."""
    row = tx.row(_LATEST, author_id=author_id)
    return None if row is None else _to_broadcast(row)


def find_running(tx: Tx) -> list[Broadcast]:
    """Return the broadcasts that are to be sent now, oldest first; before them what puts right what was sent."""
    found = [_to_broadcast(row) for row in tx.rows(_RUNNING)]
    return sorted(found, key=lambda each: (each.action is Action.SEND, each.id))


def list_shown(tx: Tx) -> list[Broadcast]:
    """Return the started broadcasts whose progress is still shown somewhere, oldest first."""
    return [_to_broadcast(row) for row in tx.rows(_SHOWN)]


def list_started(tx: Tx, *, claimed_by: str) -> list[Broadcast]:
    """Return the broadcasts of which this run of the program was the last to claim recipients, oldest first."""
    return [_to_broadcast(row) for row in tx.rows(_CLAIMED_BY, run=claimed_by)]


def set_claimed_by(tx: Tx, broadcast_id: BroadcastId, run: str) -> None:
    """Keep which run of the program claims recipients from now on."""
    tx.run(_SET_CLAIMED_BY, of=broadcast_id, run=run)


def set_content(tx: Tx, broadcast_id: BroadcastId, content: Mapping[str, object]) -> None:
    """Keep what a broadcast says."""
    tx.run(_SET_CONTENT, of=broadcast_id, content=json.dumps(content, ensure_ascii=False))


def set_segment(tx: Tx, broadcast_id: BroadcastId, segment: str | None) -> None:
    """Keep who of the members is meant, as it was written; None for all."""
    tx.run(_SET_SEGMENT, of=broadcast_id, segment=segment)


def list_sent(tx: Tx, *, limit: int) -> list[Broadcast]:
    """Return the broadcasts that were confirmed last, the latest first; edits and deletions are none."""
    return [_to_broadcast(row) for row in tx.rows(_LIST_SENT, limit=limit)]


def set_plan(tx: Tx, broadcast_id: BroadcastId, *, news: News, timing: Mapping[str, object] | None, paid: bool) -> None:
    """Keep what a broadcast is about, when it goes out, and whether that is paid for."""
    kept = None if timing is None else json.dumps(timing)
    tx.run(_SET_PLAN, of=broadcast_id, news=news, timing=kept, paid=paid)


def set_free(tx: Tx, broadcast_id: BroadcastId) -> bool:
    """Pay for nothing more, and tell `BroadcastChanged`; False where it was free of charge."""
    moved = tx.run(_SET_FREE, of=broadcast_id) == 1
    if moved:
        tx.tell(BroadcastChanged(broadcast_id=broadcast_id))
    return moved


def set_started(tx: Tx, broadcast_id: BroadcastId, *, due_at: int, joined_upto: int | None) -> None:
    """It is confirmed: nobody is looked for before it is due, nor who had joined before a moment."""
    tx.run(_SET_STARTED, of=broadcast_id, now=tx.now, due_at=due_at, joined_upto=joined_upto)


def set_due(tx: Tx, broadcast_id: BroadcastId, due_at: int) -> None:
    """Look for nobody before this moment."""
    tx.run(_SET_DUE, of=broadcast_id, due_at=due_at)


def set_state(
    tx: Tx, broadcast_id: BroadcastId, state: BroadcastState, *, expected: Collection[BroadcastState]
) -> bool:
    """Move a broadcast on from one of the expected states and tell `BroadcastChanged`; False where it was in another."""
    finished_at = tx.now if state in FINAL else None
    moved = tx.run(_SET_STATE, of=broadcast_id, state=state, expected=list(expected), finished_at=finished_at) == 1
    if moved:
        tx.tell(BroadcastChanged(broadcast_id=broadcast_id))
    return moved


def set_progress_message(tx: Tx, broadcast_id: BroadcastId, message_id: int | None) -> None:
    """Keep which message shows the progress; None once there is nothing more to show, or no message."""
    tx.run(_SET_PROGRESS_MESSAGE, of=broadcast_id, message_id=message_id)


def fix_audience(tx: Tx, broadcast_id: BroadcastId) -> None:
    """Fix the audience, once: everybody known at this moment; it is confirmed, if it was not."""
    tx.run(_FIX_AUDIENCE, of=broadcast_id, now=tx.now)


def set_sample(tx: Tx, broadcast_id: BroadcastId, percent: int | None) -> None:
    """Let it go to so many of a hundred alone, None: to all; the audience is gone through from its beginning.

    Whoever has their delivery keeps it, and gets nothing twice.
    """
    tx.run(_SET_SAMPLE, of=broadcast_id, percent=percent)


def delete_unconfirmed(tx: Tx, *, before: int) -> int:
    """Forget what was begun before a moment and never confirmed, and return how many."""
    return tx.run(_DELETE_UNCONFIRMED, before=before)


def _to_broadcast(row: Row) -> Broadcast:
    broadcast_id, author_id, state, content, progress_message_id, audience_upto, filled_upto, *times = row
    created_at, started_at, finished_at, claimed_by, sample_percent, segment, *plan = times
    action, of_id, news, timing, due_at, joined_upto, paid = plan
    return Broadcast(
        id=broadcast_id,
        author_id=author_id,
        state=BroadcastState(state),
        content=None if content is None else json.loads(content),
        progress_message_id=progress_message_id,
        audience_upto=audience_upto,
        filled_upto=filled_upto,
        created_at=created_at,
        started_at=started_at,
        finished_at=finished_at,
        claimed_by=claimed_by,
        sample_percent=sample_percent,
        segment=segment,
        action=Action(action),
        of_id=of_id,
        news=News(news),
        timing=None if timing is None else json.loads(timing),
        due_at=due_at,
        joined_upto=joined_upto,
        paid=bool(paid),
    )

"""Other systems that are told what happens here, and what is on its way to them: tables `webhook`, `hook_event`, `hook_post`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import and_, bindparam, case, delete, exists, func, insert, literal, literal_column, select, update

from storage.columns import pair_names
from storage.records import PersonId
from storage.schema.webhooks import hook_event, hook_post, webhook
from storage.tables import shops
from storage.texts import clean_error
from storage.tx import Row, Tx
from storage.webhook import (
    DuePost,
    HookEventId,
    HookEventKind,
    HookOwed,
    PostState,
    WebhookId,
    WebhookRow,
    WebhookState,
)

_COLUMNS = (
    "id",
    "url",
    "kinds",
    "secret",
    "allow_private",
    "state",
    "failing_since",
    "failures",
    "rests_until",
    "error",
    "arrived_at",
    "created_at",
)
_LIVE = webhook.c.state != literal(WebhookState.REMOVED)
_THIS = webhook.c.id == bindparam("which")
_OWED = hook_post.c.state == literal_column(f"'{PostState.OWED}'")  # in writing, for the partial indexes
_ROWS = select(*(webhook.c[name] for name in _COLUMNS))

_LIST = _ROWS.where(_LIVE).order_by(webhook.c.id)
_FIND = _ROWS.where(_THIS, _LIVE)
_ADD = (
    insert(webhook)
    .values(
        {name: bindparam(name) for name in ("url", "kinds", "secret", "allow_private", "created_at")}
        | {"state": literal(WebhookState.ON)}
    )
    .returning(webhook.c.id)
)
_SET_STATE = update(webhook).where(_THIS, _LIVE).values(state=bindparam("now_state"))
_SWITCH_ON = (
    update(webhook)
    .where(_THIS, _LIVE)
    .values(
        state=literal(WebhookState.ON),
        failing_since=literal_column("NULL"),
        failures=0,
        rests_until=0,
        error=literal(""),
    )
)
_NOTE_ARRIVED = (
    update(webhook)
    .where(_THIS)
    .values(
        failing_since=literal_column("NULL"), failures=0, rests_until=0, error=literal(""), arrived_at=bindparam("at")
    )
)
_NOTE_FAILED = (
    update(webhook)
    .where(_THIS)
    .values(
        failing_since=func.coalesce(webhook.c.failing_since, bindparam("at")),
        failures=webhook.c.failures + literal_column("1"),
        rests_until=bindparam("until"),
        error=bindparam("words"),
    )
)
_ADD_EVENT = (
    insert(hook_event)
    .values({name: bindparam(name) for name in ("kind", "person_id", "data", "happened_at")})
    .returning(hook_event.c.id)
)
_ADD_POSTS = insert(hook_post).from_select(
    ["webhook_id", "event_id", "line", "state", "due_at"],
    select(
        webhook.c.id,
        bindparam("event_id", type_=hook_event.c.id.type),
        bindparam("of_line", type_=hook_post.c.line.type),
        literal(PostState.OWED),
        bindparam("at", type_=hook_post.c.due_at.type),
    ).where(_LIVE, webhook.c.kinds.contains(bindparam("wanted"))),
)
_EARLIER = hook_post.alias("earlier")
_IS_FIRST = ~exists().where(
    _EARLIER.c.webhook_id == hook_post.c.webhook_id,
    _EARLIER.c.line == hook_post.c.line,
    _EARLIER.c.state == literal_column(f"'{PostState.OWED}'"),
    _EARLIER.c.event_id < hook_post.c.event_id,
)
_LIST_DUE = (
    select(
        hook_post.c.webhook_id,
        hook_post.c.event_id,
        hook_post.c.line,
        hook_event.c.kind,
        hook_event.c.data,
        hook_event.c.happened_at,
        hook_post.c.attempts,
        hook_post.c.first_tried_at,
    )
    .select_from(hook_post.join(hook_event, hook_event.c.id == hook_post.c.event_id))
    .where(
        hook_post.c.webhook_id == bindparam("which"),
        _OWED,
        hook_post.c.due_at <= bindparam("at"),
        _IS_FIRST,
        hook_post.c.line.not_in(bindparam("busy", expanding=True)),
    )
    .order_by(hook_post.c.event_id)
    .limit(bindparam("limit"))
)
_FIND_NEXT = (
    select(
        func.min(case((hook_post.c.due_at > webhook.c.rests_until, hook_post.c.due_at), else_=webhook.c.rests_until))
    )
    .select_from(hook_post.join(webhook, webhook.c.id == hook_post.c.webhook_id))
    .where(_OWED, webhook.c.state == literal(WebhookState.ON), _IS_FIRST)
)
_POST = and_(hook_post.c.webhook_id == bindparam("which"), hook_post.c.event_id == bindparam("event"))
_END_POST = (
    update(hook_post)
    .where(_POST, _OWED)
    .values(
        state=bindparam("now_state"),
        attempts=hook_post.c.attempts + literal_column("1"),
        error=bindparam("words"),
        ended_at=bindparam("at"),
    )
)
_PUT_OFF = (
    update(hook_post)
    .where(_POST, _OWED)
    .values(
        attempts=hook_post.c.attempts + literal_column("1"),
        first_tried_at=func.coalesce(hook_post.c.first_tried_at, bindparam("at")),
        due_at=bindparam("until"),
        error=bindparam("words"),
    )
)
_MAKE_DUE = update(hook_post).where(hook_post.c.webhook_id == bindparam("which"), _OWED).values(due_at=bindparam("at"))
_AGAIN = {
    "state": literal(PostState.OWED),
    "attempts": 0,
    "first_tried_at": literal_column("NULL"),
    "ended_at": literal_column("NULL"),
    "error": literal(""),
    "due_at": bindparam("at"),
}
_REPLAY = update(hook_post).where(_POST).values(_AGAIN)
_REPLAY_SINCE = (
    update(hook_post)
    .where(
        hook_post.c.webhook_id == bindparam("which"),
        hook_post.c.event_id.in_(select(hook_event.c.id).where(hook_event.c.happened_at >= bindparam("since"))),
    )
    .values(_AGAIN)
)
_COUNT_OWED = select(func.count()).select_from(hook_post).where(hook_post.c.webhook_id == bindparam("which"), _OWED)
_COUNT_GIVEN_UP = (
    select(func.count())
    .select_from(hook_post)
    .where(hook_post.c.webhook_id == bindparam("which"), hook_post.c.state == literal(PostState.GIVEN_UP))
)
_LIST_LAST = (
    select(hook_post.c.event_id, hook_event.c.kind, hook_event.c.happened_at, hook_post.c.state, hook_post.c.error)
    .select_from(hook_post.join(hook_event, hook_event.c.id == hook_post.c.event_id))
    .where(hook_post.c.webhook_id == bindparam("which"))
    .order_by(hook_post.c.event_id.desc())
    .limit(bindparam("limit"))
)
_OLD = (
    select(hook_event.c.id)
    .where(hook_event.c.happened_at < bindparam("before"))
    .order_by(hook_event.c.id)
    .limit(bindparam("limit"))
)
_LIST_OLD = _OLD
_DELETE_POSTS = delete(hook_post).where(hook_post.c.event_id.in_(bindparam("ids", expanding=True)))
_DELETE_EVENTS = delete(hook_event).where(hook_event.c.id.in_(bindparam("ids", expanding=True)))
_DROP_OF = delete(hook_post).where(hook_post.c.webhook_id == bindparam("which"), _OWED)


def add(tx: Tx, *, url: str, kinds: Collection[str], secret: str, allow_private: bool) -> WebhookId:
    """Have an address be told of some kinds of events from now on."""
    values = {"url": url, "kinds": _join(kinds), "secret": secret, "allow_private": allow_private}
    number = WebhookId(tx.scalar(_ADD, created_at=tx.now, **values))
    note_kinds(tx)
    return number


def list_live(tx: Tx) -> list[WebhookRow]:
    """Return all that were not removed, also those that are switched off."""
    return [_to_webhook(row) for row in tx.rows(_LIST)]


def find(tx: Tx, webhook_id: WebhookId) -> WebhookRow | None:
    """Return one; None where there is none, or it was removed."""
    row = tx.row(_FIND, which=webhook_id)
    return None if row is None else _to_webhook(row)


def remove(tx: Tx, webhook_id: WebhookId) -> bool:
    """Never tell it anything again; False where it is not there."""
    done = tx.run(_SET_STATE, which=webhook_id, now_state=WebhookState.REMOVED) == 1
    if done:
        tx.run(_DROP_OF, which=webhook_id)
        note_kinds(tx)
    return done


def switch_off(tx: Tx, webhook_id: WebhookId, state: WebhookState) -> None:
    """Send nothing there until somebody switches it on; what happens meanwhile waits."""
    tx.run(_SET_STATE, which=webhook_id, now_state=state)


def switch_on(tx: Tx, webhook_id: WebhookId) -> bool:
    """Send what has waited, and go on; False where there is no such address."""
    done = tx.run(_SWITCH_ON, which=webhook_id) == 1
    tx.run(_MAKE_DUE, which=webhook_id, at=tx.now)
    tx.tell(HookOwed())
    return done


def owe(tx: Tx, kind: HookEventKind, *, person_id: PersonId | None, data: str) -> HookEventId:
    """Write what happened, to be told to everybody who wanted to hear of it."""
    event_id = tx.scalar(_ADD_EVENT, kind=kind, person_id=person_id, data=data, happened_at=tx.now)
    tx.run(_ADD_POSTS, event_id=event_id, of_line=person_id or 0, at=tx.now, wanted=f" {kind} ")
    tx.tell(HookOwed())
    return HookEventId(event_id)


def list_due(tx: Tx, webhook_id: WebhookId, *, busy: Collection[int] = (), limit: int) -> list[DuePost]:
    """Return what can be sent now, the oldest first: one of each line, none of the lines that are `busy`."""
    names = ("webhook_id", "event_id", "line", "kind", "data", "happened_at", "attempts", "first_tried_at")
    rows = tx.rows(_LIST_DUE, which=webhook_id, at=tx.now, busy=[-1, *busy], limit=limit)
    return [DuePost(**dict(pair_names(names, row))) for row in rows]


def find_next(tx: Tx) -> int | None:
    """When something can be sent next; None where nothing is owed to anybody who is told."""
    found = tx.scalar(_FIND_NEXT)
    return None if found is None else int(found)


def note_arrived(tx: Tx, post: DuePost) -> None:
    """It has arrived; the address is well."""
    tx.run(_END_POST, which=post.webhook_id, event=post.event_id, now_state=PostState.ARRIVED, words="", at=tx.now)
    tx.run(_NOTE_ARRIVED, which=post.webhook_id, at=tx.now)


def put_off(tx: Tx, post: DuePost, *, until: int, error: str) -> None:
    """It has not arrived, and is tried again."""
    tx.run(_PUT_OFF, which=post.webhook_id, event=post.event_id, until=until, words=clean_error(error), at=tx.now)


def give_up(tx: Tx, post: DuePost, *, error: str) -> None:
    """It will not arrive by itself; what comes behind it goes on."""
    tx.run(
        _END_POST,
        which=post.webhook_id,
        event=post.event_id,
        now_state=PostState.GIVEN_UP,
        words=clean_error(error),
        at=tx.now,
    )


def note_failed(tx: Tx, webhook_id: WebhookId, *, until: int, error: str) -> None:
    """The address is not well, and is left in peace for a while."""
    tx.run(_NOTE_FAILED, which=webhook_id, at=tx.now, until=until, words=clean_error(error))


def replay(tx: Tx, webhook_id: WebhookId, event_id: HookEventId) -> int:
    """Send an event once more; returns how many that were: 1, or 0 where it was never owed there."""
    tx.tell(HookOwed())
    return tx.run(_REPLAY, which=webhook_id, event=event_id, at=tx.now)


def replay_since(tx: Tx, webhook_id: WebhookId, since: int) -> int:
    """Send once more whatever has happened since a moment; returns how many that were."""
    tx.tell(HookOwed())
    return tx.run(_REPLAY_SINCE, which=webhook_id, since=since, at=tx.now)


def count_owed(tx: Tx, webhook_id: WebhookId) -> int:
    """Count what has not arrived yet."""
    return int(tx.scalar(_COUNT_OWED, which=webhook_id))


def count_given_up(tx: Tx, webhook_id: WebhookId) -> int:
    """Count what never arrived and is not tried any more."""
    return int(tx.scalar(_COUNT_GIVEN_UP, which=webhook_id))


def list_last(tx: Tx, webhook_id: WebhookId, limit: int) -> list[tuple[HookEventId, str, int, PostState, str]]:
    """Return the latest events: id, kind, when, how it stands, what the other side said."""
    rows = tx.rows(_LIST_LAST, which=webhook_id, limit=limit)
    return [(HookEventId(number), kind, at, PostState(state), error) for number, kind, at, state, error in rows]


def delete_before(tx: Tx, before: int, limit: int) -> int:
    """Forget events of before a moment, arrived or not; returns how many."""
    ids = [number for (number,) in tx.rows(_LIST_OLD, before=before, limit=limit)]
    if ids:
        tx.run(_DELETE_POSTS, ids=ids)
        tx.run(_DELETE_EVENTS, ids=ids)
    return len(ids)


def note_kinds(tx: Tx) -> None:
    """Have units of work know whether anybody wants to hear of what they do; also of who was put in before there was a shop."""
    wanted = {kind for row in list_live(tx) for kind in row.kinds}
    shops.set_hook_kinds(tx, _join(sorted(wanted)))


def _join(kinds: Collection[str]) -> str:
    return f" {' '.join(kinds)} " if kinds else ""


def _to_webhook(row: Row) -> WebhookRow:
    values = dict(pair_names(_COLUMNS, row))
    kinds: Sequence[str] = str(values.pop("kinds")).split()
    state = WebhookState(values.pop("state"))
    return WebhookRow(kinds=kinds, state=state, **values)

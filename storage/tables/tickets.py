"""What members ask people of the shop: table `ticket`; its messages are in `storage.tables.ticket_words`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, case, func, insert, literal_column, select, update

from storage.columns import pair_names
from storage.errors import RowMissing
from storage.records import PersonId
from storage.schema.tickets import ticket
from storage.ticket import About, TicketId, TicketRow, TicketState
from storage.tx import Row, Tx

_CHANGING = (
    "state",
    "taken_by_id",
    "due_at",
    "look_at",
    "answered_at",
    "closed_at",
    "solved_at",
    "topic_id",
)
_ADDED = ("person_id", "about", "state", "opened_at", "due_at", "look_at")

# Written out, not bound: only then do the planners see that the partial index serves.
_WAITING = ticket.c.state != literal_column("'closed'")
_UNANSWERED = ticket.c.state.in_([literal_column(f"'{each}'") for each in ("open", "taken", "reopened")])

_ADD = insert(ticket).values({name: bindparam(name) for name in _ADDED}).returning(ticket.c.id)
_ROWS = select(ticket.c.id, ticket.c.person_id, ticket.c.about, ticket.c.opened_at, *(ticket.c[n] for n in _CHANGING))
_FIND = _ROWS.where(ticket.c.id == bindparam("of"))
_LOCK = _FIND.with_for_update()
_FIND_UNANSWERED = _ROWS.where(ticket.c.person_id == bindparam("of"), _UNANSWERED).order_by(ticket.c.id.desc()).limit(1)
_LIST_OF = _ROWS.where(ticket.c.person_id == bindparam("of")).order_by(ticket.c.id.desc()).limit(bindparam("most"))
_LIST_WAITING = (
    _ROWS.where(_WAITING)
    .order_by(
        case((ticket.c.state == literal_column("'reopened'"), 0), (ticket.c.due_at.is_not(None), 1), else_=2),
        ticket.c.due_at,
        ticket.c.id,
    )
    .limit(bindparam("most"))
    .offset(bindparam("after"))
)
_COUNT_WAITING = select(func.count()).select_from(ticket).where(_WAITING)
_LIST_LOOKED_AT = _ROWS.where(ticket.c.look_at <= bindparam("now")).order_by(ticket.c.look_at).limit(bindparam("most"))
_SAVE = (
    update(ticket).where(ticket.c.id == bindparam("of")).values({name: bindparam(f"to_{name}") for name in _CHANGING})
)
_SET_TOPIC = update(ticket).where(ticket.c.id == bindparam("of")).values(topic_id=bindparam("topic_id"))
_TIMES = select(ticket.c.opened_at, ticket.c.answered_at, ticket.c.solved_at).where(
    ticket.c.opened_at >= bindparam("since")
)
_CLOSE_OF = (
    update(ticket)
    .where(ticket.c.person_id == bindparam("of"))
    .values(
        state=literal_column("'closed'"),
        due_at=None,
        look_at=None,
        closed_at=func.coalesce(ticket.c.closed_at, bindparam("now")),
    )
)
_LET_GO = update(ticket).where(ticket.c.taken_by_id == bindparam("of")).values(taken_by_id=None)


def add(tx: Tx, person_id: PersonId, about: About, *, due_at: int, look_at: int) -> TicketRow:
    """Open a ticket: answered by `due_at`, looked at by the bot at `look_at`."""
    values = {"person_id": person_id, "about": about, "due_at": due_at, "look_at": look_at, "opened_at": tx.now}
    return get(tx, TicketId(tx.scalar(_ADD, state=TicketState.OPEN, **values)))


def get(tx: Tx, ticket_id: TicketId) -> TicketRow:
    """Return a ticket.

    Raises:
        RowMissing: there is none of this number.
    """
    found = find(tx, ticket_id)
    if found is None:
        raise RowMissing(f"There is no ticket {ticket_id}.")
    return found


def find(tx: Tx, ticket_id: TicketId) -> TicketRow | None:
    """Return a ticket; None where there is none of this number."""
    row = tx.row(_FIND, of=ticket_id)
    return None if row is None else _to_row(row)


def lock(tx: Tx, ticket_id: TicketId) -> TicketRow | None:
    """Return a ticket that nobody else changes until this transaction ends; None where there is none."""
    row = tx.row(_LOCK, of=ticket_id)
    return None if row is None else _to_row(row)


def find_unanswered(tx: Tx, person_id: PersonId) -> TicketRow | None:
    """Return the latest ticket of a member that nobody has answered yet; None where there is none."""
    row = tx.row(_FIND_UNANSWERED, of=person_id)
    return None if row is None else _to_row(row)


def list_of(tx: Tx, person_id: PersonId, limit: int) -> list[TicketRow]:
    """Return the tickets of a member, latest first."""
    return [_to_row(row) for row in tx.rows(_LIST_OF, of=person_id, most=limit)]


def list_waiting(tx: Tx, *, limit: int, offset: int = 0) -> list[TicketRow]:
    """Return the tickets that are not closed: those that came back first, then what is due soonest, then the answered."""
    return [_to_row(row) for row in tx.rows(_LIST_WAITING, most=limit, after=offset)]


def count_waiting(tx: Tx) -> int:
    """Count the tickets that are not closed."""
    return int(tx.scalar(_COUNT_WAITING))


def list_looked_at(tx: Tx, limit: int) -> list[TicketRow]:
    """Return those of which somebody is to be told now, longest due first."""
    return [_to_row(row) for row in tx.rows(_LIST_LOOKED_AT, now=tx.now, most=limit)]


def save(tx: Tx, row: TicketRow) -> None:
    """Write what of a ticket can change; it was locked in this transaction."""
    tx.run(_SAVE, of=row.id, **{f"to_{name}": getattr(row, name) for name in _CHANGING})


def set_topic(tx: Tx, ticket_id: TicketId, topic_id: int | None) -> None:
    """Its topic in the staff's group is this one; None for none."""
    tx.run(_SET_TOPIC, of=ticket_id, topic_id=topic_id)


def list_times(tx: Tx, *, since: int) -> Sequence[tuple[int, int | None, int | None]]:
    """Return when each ticket since a moment was opened, first answered, and called solved by the member."""
    return [(opened, answered, solved) for opened, answered, solved in tx.rows(_TIMES, since=since)]


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Close what somebody has asked, and leave to others what they had taken; when it was asked stays."""
    tx.run(_CLOSE_OF, of=person_id, now=tx.now)
    tx.run(_LET_GO, of=person_id)


def _to_row(row: Row) -> TicketRow:
    number, person_id, about, opened_at, state, *changing = row
    values = dict(pair_names(_CHANGING[1:], changing))
    return TicketRow(
        id=number, person_id=person_id, about=About(about), opened_at=opened_at, state=TicketState(state), **values
    )

"""Nobody is left without an answer: the team is reminded before it is due, owners hear when it was."""

from __future__ import annotations

from bot.core.durations import DAY
from bot.core.funnel import PERIOD_DAYS
from bot.core.tickets import TicketFigures, compute_figures, decide_looked_at, is_late
from bot.services.campaigns.opening import list_owners
from bot.services.tickets.notices import TicketWaits
from bot.services.tickets.passing import list_desk, tell_desk
from storage.frozen import frozen
from storage.tables import tickets
from storage.tx import Tx

AT_ONCE = 50


def is_due(tx: Tx) -> bool:
    """Whether there is somebody to tell of."""
    return bool(tickets.list_looked_at(tx, 1))


def watch(tx: Tx) -> int:
    """Tell of some that wait, and return of how many."""
    found = tickets.list_looked_at(tx, AT_ONCE)
    for each in found:
        ticket = tickets.lock(tx, each.id)
        if ticket is None or ticket.look_at is None or ticket.look_at > tx.now:
            continue
        late = is_late(ticket, tx.now)
        waits = TicketWaits(ticket=ticket.id, person=ticket.person_id, due=ticket.due_at or 0, late=late)
        desk = list_desk(tx, ticket)
        owners = [each for each in list_owners(tx) if each not in desk] if late else []
        tell_desk(tx, [*desk, *owners], waits, key=f"{ticket.id}:{ticket.due_at}:{late}")
        tickets.save(tx, decide_looked_at(ticket, tx.now))
    return len(found)


@frozen
class DeskFigures:
    """How many tickets are not closed, and how those were answered who asked within the period of the figures."""

    open: int
    lately: TicketFigures


def view_desk_figures(tx: Tx) -> DeskFigures:
    """What stands in `/stats` and on the dashboard."""
    since = (tx.now // DAY + 1 - PERIOD_DAYS) * DAY
    return DeskFigures(open=tickets.count_waiting(tx), lately=view_figures(tx, since=since))


def view_figures(tx: Tx, *, since: int) -> TicketFigures:
    """How the shop has answered what was asked since a moment."""
    return compute_figures(tickets.list_times(tx, since=since))

"""What the dashboard shows: one page of it, of one moment, for whoever looks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.core.dashboard import CUTS, LISTS, SHOWN_ROWS, BoardPage
from bot.core.funnel import Funnel
from bot.core.liability import Liability
from bot.core.trials import Lift
from bot.services.broadcasts.results import BroadcastResult, list_results
from bot.services.dashboard.entering import Insider, find_insider
from bot.services.reminding.asking import measure_asking
from bot.services.stats import Figures, cut, list_weeks, measure, sum_owed
from bot.services.tickets.watching import DeskFigures, view_desk_figures
from storage.exports import EXPORTS
from storage.frozen import frozen
from storage.listing import Export, read_latest
from storage.tables import broadcasts, tickets
from storage.tables.funnel import Cut
from storage.tx import Row, Tx

_SENDING_LOOK = 15 * 1_000_000
"""While messages go out a page is shown anew so often: how many have got one is told by no single row."""


@frozen
class BoardView:
    """One page."""

    insider: Insider
    page: BoardPage
    now: int
    mark: str
    """As `compute_mark` has it at this moment."""
    figures: Figures | None = None
    owed: Liability = field(default_factory=Liability)
    weeks: Mapping[int, Funnel] = field(default_factory=dict)
    parts: Mapping[str, Funnel] = field(default_factory=dict)
    """The funnel cut by what the page is about, most friends first."""
    rows: Sequence[Mapping[str, object]] = ()
    """The latest of a list, by column."""
    broadcasts: Sequence[BroadcastResult] = ()
    asking: Lift | None = None
    """What asking brings; None where nobody is held out, and on other pages."""
    desk: DeskFigures | None = None


def view_page(tx: Tx, *, session: str, page: BoardPage) -> BoardView:
    """Everything a page shows.

    Raises:
        SessionOver: nobody who may looks.
    """
    insider, mark = find_insider(tx, session=session), _compute_mark(tx)
    if page in LISTS:
        desk = view_desk_figures(tx) if page is BoardPage.TICKETS else None
        rows = _list_latest(tx, EXPORTS[LISTS[page].name])
        return BoardView(insider=insider, page=page, now=tx.now, mark=mark, rows=rows, desk=desk)
    if page is BoardPage.BROADCASTS:
        return BoardView(insider=insider, page=page, now=tx.now, mark=mark, broadcasts=list_results(tx))
    if page in CUTS:
        parts = cut(tx, Cut(CUTS[page]))
        most = sorted(parts.items(), key=lambda part: (-part[1].started, -part[1].clicked, part[0]))
        return BoardView(insider=insider, page=page, now=tx.now, mark=mark, parts=dict(most[:SHOWN_ROWS]))
    return BoardView(
        insider=insider,
        page=page,
        now=tx.now,
        mark=mark,
        figures=measure(tx),
        owed=sum_owed(tx),
        weeks=list_weeks(tx),
        asking=measure_asking(tx) if page is BoardPage.GROWTH else None,
    )


def find_export_for(tx: Tx, *, session: str, name: str) -> Export | None:
    """A list to take away; None where there is none of that name, or it is not theirs to take.

    Raises:
        SessionOver: nobody who may looks.
    """
    insider = find_insider(tx, session=session)
    return EXPORTS.get(name) if insider.may_export else None


def compute_mark(tx: Tx, *, session: str) -> str:
    """A word that changes whenever something has changed that a page shows.

    Raises:
        SessionOver: nobody who may looks.
    """
    find_insider(tx, session=session)
    return _compute_mark(tx)


def _compute_mark(tx: Tx) -> str:
    latest = [
        read_latest(tx, EXPORTS[name], most=1) for name in (*(shown.name for shown in LISTS.values()), "broadcasts")
    ]
    sending = tx.now // _SENDING_LOOK if broadcasts.find_running(tx) else 0
    seen = repr((measure(tx).funnel, sum_owed(tx), latest, sending, tickets.count_waiting(tx)))
    return hashlib.blake2b(seen.encode(), digest_size=8).hexdigest()


def _list_latest(tx: Tx, export: Export) -> list[Mapping[str, object]]:
    def name(row: Row) -> Mapping[str, object]:
        return dict(zip(export.columns, row, strict=True))

    return [name(row) for row in read_latest(tx, export, most=SHOWN_ROWS)]

"""Lists of what there is in a shop, part by part: each is composed in the transaction that reads it, off the event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from bot.core.scheduling import MICROSECONDS
from bot.core.spreadsheets import Cell, Format, compose_head, compose_rows
from storage.frozen import frozen
from storage.listing import Export, Kind, read_page
from storage.tx import Row, Tx

_LAST_MOMENT = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * MICROSECONDS


@frozen
class Part:
    """Lines of a list, and the key behind which the next ones are; None after the last."""

    content: bytes
    last: Row | None


def read_part(tx: Tx, export: Export, form: Format, after: Row | None = None) -> Part:
    """The next lines of a list from behind a key on; the first part begins with the head."""
    page = read_page(tx, export, after)
    show = [_SHOW.get(kind) for kind in export.kinds]
    rows = [[each(value) if each else value for each, value in zip(show, row, strict=True)] for row in page.rows]
    head = compose_head(export.columns, form) if after is None else b""
    return Part(content=head + compose_rows(export.columns, rows, form), last=page.last)


def _show_moment(at: int | None) -> Cell:
    """A moment as ISO 8601 in UTC, to the second; what has no end ends never, which is nothing."""
    if at is None or at >= _LAST_MOMENT:
        return None
    return f"{datetime.fromtimestamp(at // MICROSECONDS, UTC).isoformat()[:-6]}Z"  # three times as fast as strftime


def _show_flag(value: int | None) -> Cell:
    return None if value is None else bool(value)


_SHOW: Mapping[Kind, Callable[[int | None], Cell]] = {Kind.MOMENT: _show_moment, Kind.FLAG: _show_flag}

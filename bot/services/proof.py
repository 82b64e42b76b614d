"""What the books were at a time, and what came of the last look at them."""

from __future__ import annotations

from typing import ClassVar

from bot.core.durations import DAY
from bot.core.merkle import Frontier
from bot.core.proof import compose_entry, open_frontier, show_peaks
from bot.services.notices import Notice, owe
from storage.addresses import ANNOUNCE
from storage.frozen import frozen
from storage.tables import checkpoints, inspections, shops
from storage.tables.checkpoints import LEDGER, LOGS, Checkpoint, find_last_ids, list_rows, settle
from storage.tables.checkpoints import list_all as list_checkpoints
from storage.tables.inspections import Inspection
from storage.tx import Tx

__all__ = [
    "LEDGER",
    "LOGS",
    "Checkpoint",
    "HeadPosted",
    "Inspection",
    "advance",
    "list_behind",
    "list_checkpoints",
    "list_rows",
    "note_checkpoint",
    "note_inspection",
    "post_head",
    "settle",
]


@frozen
class HeadPosted(Notice):
    """To the announce chat: the books are in order, and this is their head."""

    kind: ClassVar[str] = "head_posted"
    entries: int
    head: str


def list_behind(tx: Tx) -> list[str]:
    """Logs with rows that no checkpoint covers."""
    last = find_last_ids(tx)
    noted = {log: checkpoints.find_last(tx, log) for log in LOGS}
    return [log for log, each in noted.items() if last[log] > (each.last_id if each is not None else 0)]


def advance(tx: Tx, log: str, *, upto: int, most: int) -> bool:
    """Cover some more rows of a log, none beyond the id `upto`; whether that was as many as may be.

    Raises:
        ValueError: what was noted last cannot have been.
    """
    noted = checkpoints.find_last(tx, log)
    after = noted.last_id if noted is not None else 0
    rows = list_rows(tx, log, after=after, upto=upto, most=most)
    if not rows:
        return False
    frontier = open_frontier(noted)
    for row in rows:
        frontier.append(compose_entry(log, row))
    note_checkpoint(tx, log, frontier, rows[-1][0])
    return len(rows) == most


def note_checkpoint(tx: Tx, log: str, frontier: Frontier, last_id: int) -> None:
    """Note the head of a log, unless a later one is there."""
    noted = checkpoints.find_last(tx, log)
    if noted is not None and noted.size >= frontier.size:
        return
    head = frontier.compute_root().hex()
    checkpoints.set(
        tx,
        Checkpoint(
            log=log,
            day=max(tx.now // DAY, noted.day if noted is not None else 0),
            size=frontier.size,
            last_id=last_id,
            root=head,
            peaks=show_peaks(frontier),
            noted_at=tx.now,
        ),
    )


def note_inspection(tx: Tx, *, entries: int, head: str, faults: list[str]) -> Inspection:
    """Write down what a look at the books has found."""
    said = faults[0][:500] if faults else ""
    found = Inspection(looked_at=tx.now, entries=entries, head=head, faults=len(faults), said=said)
    inspections.set(tx, found)
    return found


def post_head(tx: Tx) -> None:
    """Owe the announce chat the head of books that are in order, once a day; nothing where there is no such chat."""
    found = inspections.find(tx)
    if found is not None and not found.faults and found.entries and shops.get(tx).announce_chat is not None:
        owe(tx, ANNOUNCE, HeadPosted(entries=found.entries, head=found.head), key=tx.now // DAY)

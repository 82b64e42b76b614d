"""Lists of people that the shop sends: who is meant by each line, and which lines mean nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO

from bot.core.claiming import parse_claim
from bot.core.coupons.lines import Line, read_legacy, read_lines
from bot.core.links import Addresses
from bot.core.roles import MANAGERS
from bot.services.claiming.naming import search
from bot.services.members import MemberView, demand, enter, view_member
from storage.records import PersonId, Profile
from storage.steps import Steps
from storage.tables import lists, people
from storage.tx import Tx

BATCH = 200
"""Lines of a transaction: each may be looked for by name."""

MOST_TOLD = 20
"""Lines that mean nobody and are told one by one."""

SAID_LIMIT = 60
"""Characters of such a line that are shown."""


@dataclass(slots=True, kw_only=True)
class Listed:
    """What came of a list so far."""

    name: str
    found: int = 0
    unknown: list[tuple[int, str]] = field(default_factory=list)
    """Lines by their number that mean nobody, or more than one."""
    more: int = 0
    """Such lines beyond those."""


def take_list(file: BinaryIO, listed: Listed, *, by: Profile, addresses: Addresses) -> Steps:
    """Put everybody that a list names into it, in place of whoever stood there; a batch a transaction.

    A line names somebody by a number at Telegram, a @username, a code, a link or a name, in any of its cells.

    Raises:
        FileMistake: it is no text.
        NotAllowed: whoever brings it does not run the shop, or not any more.
    """
    yield partial(_clear, name=listed.name, by=by)
    for batch in _gather(read_lines(file)):
        found, unknown = yield partial(_add, name=listed.name, lines=batch, addresses=addresses)
        listed.found += found
        room = MOST_TOLD - len(listed.unknown)
        listed.unknown += unknown[:room]
        listed.more += len(unknown[room:])


def drop_list(tx: Tx, *, visitor: Profile, name: str) -> MemberView:
    """Keep a list no longer.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    lists.clear(tx, name)
    return view_member(tx, enter(tx, visitor))


def _clear(tx: Tx, *, name: str, by: Profile) -> None:
    demand(tx, by, MANAGERS)
    lists.clear(tx, name)


def _add(tx: Tx, *, name: str, lines: list[Line], addresses: Addresses) -> tuple[int, list[tuple[int, str]]]:
    found: dict[PersonId, None] = {}
    unknown: list[tuple[int, str]] = []
    for line in lines:
        meant = next(filter(None, (_find(tx, cell, addresses) for cell in line.cells or ())), None)
        if meant is None:
            unknown.append((line.number, ", ".join(filter(None, line.cells or ("…",)))[:SAID_LIMIT]))
        else:
            found[meant] = None
    return lists.add(tx, name, list(found)), unknown


def _find(tx: Tx, cell: str, addresses: Addresses) -> PersonId | None:
    """Who is meant by a cell; nobody where more than one may be."""
    said = next(iter(read_legacy(cell)), "").strip()
    if said.isascii() and said.isdigit() and len(said) <= 18:
        written = people.find_member(tx, int(said))
        if written is not None:
            return written.id
    alike = search(tx, parse_claim(said, addresses)) if said else []
    return alike[0].id if len(alike) == 1 else None


def _gather(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch

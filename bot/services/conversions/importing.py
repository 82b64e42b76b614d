"""A list of orders is taken in, row by row, each order once; what its columns mean is remembered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO

from bot.core.conversions.order_lists import Column, Fault, Manner, Meaning, compute_headings, parse_row
from bot.core.coupons.lines import Line, read_lines
from bot.core.roles import TEAM
from bot.services.audit import Act
from bot.services.campaigns import find_zone
from bot.services.conversions.reporting import Outcome, report
from bot.services.conversions.settling import find_currency
from bot.services.members import MemberView, demand, enter, view_member
from storage.conversion import MemberKey, Report
from storage.frozen import frozen
from storage.records import Profile
from storage.steps import Steps
from storage.tables import audit, column_maps, conversions, sales, shops
from storage.tx import Tx

BATCH = 50
"""Rows in one transaction."""

MOST_FAULTS = 10


@dataclass(slots=True, kw_only=True)
class Taken:
    """What came of a list so far."""

    new: int = 0
    known: int = 0
    differs: list[str] = field(default_factory=list)
    """Orders of which something else was reported before."""
    refused: int = 0
    faults: list[tuple[int, Fault]] = field(default_factory=list)
    """The first rows that are no orders, by their lines."""


@frozen
class ListView:
    """Somebody of the team with a list in their hands."""

    member: MemberView
    meaning: Meaning | None
    """As the team said the last time, for a list of such columns."""


def view_list(tx: Tx, *, visitor: Profile, headings: Sequence[str]) -> ListView:
    """Whether a list of these columns came before.

    Raises:
        NotAllowed: this is nobody of the team.
    """
    demand(tx, visitor, TEAM)
    known = column_maps.find_meaning(tx, compute_headings(headings))
    return ListView(member=view_member(tx, enter(tx, visitor)), meaning=_read(known) if known is not None else None)


def import_orders(file: BinaryIO, meaning: Meaning, taken: Taken, *, visitor: Profile, decimal: str) -> Steps:
    """Take a list in, a batch of rows a transaction; begun anew after a death, it finds what it knows."""
    rows = read_lines(file)
    head = next(rows, None)
    if head is None or head.cells is None:
        return
    yield partial(_remember, visitor=visitor, headings=compute_headings(head.cells), meaning=meaning)
    while batch := list(islice(rows, BATCH)):
        yield partial(_take, visitor=visitor, rows=batch, meaning=meaning, taken=taken, decimal=decimal)
    yield partial(_note, visitor=visitor, taken=taken)


def read_head(file: BinaryIO) -> list[str] | None:
    """The headings of a list; None for one without any.

    Raises:
        FileMistake: it is no text.
    """
    head = next(read_lines(file), None)
    file.seek(0)
    return head.cells if head is not None and head.cells and any(head.cells) else None


def _take(tx: Tx, *, visitor: Profile, rows: Sequence[Line], meaning: Meaning, taken: Taken, decimal: str) -> None:
    demand(tx, visitor, TEAM)
    me = enter(tx, visitor)
    manner = Manner(currency=find_currency(tx), decimal=decimal, zone=find_zone(shops.get(tx).zone))
    outcomes: Counter[Outcome] = Counter()
    differs: list[str] = []
    faults: list[tuple[int, Fault]] = []
    for row in rows:
        said = parse_row(row.cells, meaning, manner, tx.now) if row.cells is not None else Fault.ORDER
        if isinstance(said, Fault):
            faults.append((row.number, said))
            continue
        outcome = report(tx, said, actor_id=me.id).outcome
        if outcome is Outcome.OTHER and not _says_the_same(tx, said):
            differs.append(said.order_id)
        else:
            outcomes[outcome] += 1
    taken.new += outcomes[Outcome.TAKEN]  # only now: a unit that is run again has changed nothing before
    taken.known += outcomes[Outcome.AGAIN] + outcomes[Outcome.OTHER]
    taken.differs += differs
    taken.refused += len(faults)
    taken.faults += faults[: MOST_FAULTS - len(taken.faults)]


def _says_the_same(tx: Tx, said: Report) -> bool:
    """Whether what was reported by another way is of the same amount."""
    sale = sales.find_by_order(tx, said.order_id)
    known = conversions.find(tx, sale.id, said.type, said.part) if sale is not None else None
    return known is not None and (known.report.amount, known.report.currency) == (said.amount, said.currency)


def _remember(tx: Tx, *, visitor: Profile, headings: str, meaning: Meaning) -> None:
    demand(tx, visitor, TEAM)
    column_maps.set_meaning(tx, headings, json.dumps({"places": meaning.places, "member_key": meaning.member_key}))


def _note(tx: Tx, *, visitor: Profile, taken: Taken) -> None:
    if taken.new:
        audit.add(tx, actor_id=enter(tx, visitor).id, act=Act.ORDERS, subject="", after=str(taken.new))


def _read(said: str) -> Meaning:
    kept: Mapping[str, Mapping[str, int] | str] = json.loads(said)
    places = dict(_list_places(kept["places"]))
    return Meaning(places=places, member_key=MemberKey(str(kept["member_key"])))


def _list_places(said: object) -> Iterator[tuple[Column, int]]:
    assert isinstance(said, dict)
    for name, place in said.items():
        yield Column(name), int(place)

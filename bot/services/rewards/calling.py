"""Rules call members by a label, as long as what they give for it stands."""

from __future__ import annotations

from storage.facts import GrantKind, GrantRow
from storage.tables import labels, people
from storage.tx import Tx


def call(tx: Tx, row: GrantRow) -> None:
    """Give the label; whoever has it by the team keeps it so."""
    people.lock(tx, row.person_id)
    labels.add_by_rule(tx, row.person_id, row.what)


def call_no_more(tx: Tx, row: GrantRow) -> None:
    """Take the label away, unless something else stands for it, or the team has given it."""
    people.lock(tx, row.person_id)
    if not labels.count_grants(tx, row.person_id, row.what):
        labels.remove_by_rule(tx, row.person_id, row.what)


def is_called_already(tx: Tx, row: GrantRow, *, others: int) -> bool:
    """Whether nothing changes for somebody by one label more or less: more than so many stand for it."""
    return row.kind is GrantKind.LABEL and labels.count_grants(tx, row.person_id, row.what) > others

"""What tests look at of what is written down."""

from __future__ import annotations

from storage.records import PersonId
from storage.tables import audit
from storage.tx import Tx

Written = tuple[str, PersonId | None, str, PersonId | None, str, str]
"""The act, who did it, of what, to whom, before and after."""


def list_written(tx: Tx, *acts: str) -> list[Written]:
    """What is written down, in order; of these acts."""
    return [
        (row.act, row.actor_id, row.subject, row.person_id, row.before, row.after)
        for row in reversed(audit.list_before(tx, most=1_000))
        if row.act in acts
    ]

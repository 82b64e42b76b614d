"""When the bot's own work is due: table `due_job`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from storage.frozen import frozen
from storage.schema.jobs import due_job
from storage.tx import Conflicting, Tx


@frozen
class DueJob:
    """When a job is due next."""

    name: str
    due_at: int
    failures: int = 0
    """In a row; 0 after a run that went well."""
    error: str = ""
    """What the last failure said."""


_NAMES = ("name", "due_at", "failures", "error")
_VALUES: dict[str, BindParameter[Any]] = {name: bindparam(name) for name in _NAMES}
_LIST = select(due_job.c.name, due_job.c.due_at, due_job.c.failures, due_job.c.error).limit(1000)
_SET = Conflicting(
    lambda insert: (
        insert(due_job)
        .values(_VALUES)
        .on_conflict_do_update(index_elements=["name"], set_={name: _VALUES[name] for name in _NAMES[1:]})
    )
)


def list_all(tx: Tx) -> dict[str, DueJob]:
    """Return what is written down, by the name of the job; a thousand at most."""
    return {
        name: DueJob(name=name, due_at=due_at, failures=failures, error=error)
        for name, due_at, failures, error in tx.rows(_LIST)
    }


def set_due(tx: Tx, job: DueJob) -> None:
    """Write down when a job is due next."""
    tx.run(_SET, name=job.name, due_at=job.due_at, failures=job.failures, error=job.error)

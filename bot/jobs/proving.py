"""Following the books as they grow, and looking them over from the first row on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from bot.core.durations import DAY_SECONDS
from bot.core.proof import Follower
from bot.core.setting import Setting
from bot.late import late
from bot.messages.proof import NOTICES
from bot.services import proof
from bot.updates.capability import Capability
from bot.updates.job import Job
from storage.frozen import frozen
from storage.store import Store
from storage.tx import Tx

if TYPE_CHECKING:
    from storage import checks
else:
    checks = late("storage.checks")

PAGE = 1_000
"""Rows read at once: others who read wait no longer than for these."""

LIMIT_SECONDS = 3600.0

P = ParamSpec("P")
T = TypeVar("T")


class Units(Protocol):
    """A store, or what does units of work beside one."""

    async def write(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that may change rows."""

    async def read(self, unit: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a unit that only reads."""


@frozen
class Finding:
    """What a look at the books has found."""

    entries: int
    """Rows of the ledger."""
    head: str
    """Of the ledger, hexadecimal."""
    faults: Sequence[str]


async def follow(store: Units, *, page: int = PAGE) -> None:
    """Cover what has come since the last checkpoint."""
    for log in await store.read(proof.list_behind):
        upto = await store.write(proof.settle, log)
        while await store.write(proof.advance, log, upto=upto, most=page):
            pass


async def inspect(store: Units, *, head: str | None = None) -> Finding:
    """Look over everything, hold it against every checkpoint and an earlier head, and note what was found.

    What is as it should be becomes a checkpoint; what is not leaves those there are alone.
    """
    settled = {log: await store.write(proof.settle, log) for log in proof.LOGS}
    faults = await store.read(checks.find_faults)
    followers = {log: await _go_along(store, log, upto, head=head) for log, upto in settled.items()}
    for follower in followers.values():
        faults += follower.end()
    ledger = followers[proof.LEDGER]
    finding = Finding(entries=ledger.frontier.size, head=ledger.head, faults=faults)
    if not faults:
        for log, follower in followers.items():
            await store.write(proof.note_checkpoint, log, follower.frontier, follower.last_id)
    await store.write(proof.note_inspection, entries=finding.entries, head=finding.head, faults=faults)
    return finding


async def _go_along(store: Units, log: str, upto: int, *, head: str | None) -> Follower:
    noted = await store.read(proof.list_checkpoints, log)
    follower = Follower(log, noted, head=head if log == proof.LEDGER else None)
    while rows := await store.read(proof.list_rows, log, after=follower.last_id, upto=upto, most=PAGE):
        follower.add(rows)
    return follower


class BooksWrong(Exception):
    """The books are not in order; said so that the admins hear of it like of any job that fails again and again."""


async def inspect_daily(store: Store, *, post: bool) -> None:
    """Look everything over, and post the head where the owner wants that.

    Raises:
        BooksWrong: they are not in order.
    """
    finding = await inspect(store)
    if finding.faults:
        raise BooksWrong(f"{finding.faults[0]} ({len(finding.faults)} faults; on the server: passalong audit)")
    if post:
        await store.write(proof.post_head)


def make_inspecting_job(*, post: bool) -> Job:
    """The job, with or without a post a day."""
    run = partial(inspect_daily, post=post)
    return Job(name="inspecting the books", every_seconds=float(DAY_SECONDS), run=run, limit_seconds=LIMIT_SECONDS)


def parse_switch(value: str) -> bool:
    """On or off."""
    if value.lower() not in {"on", "off"}:
        raise ValueError("is neither on nor off")
    return value.lower() == "on"


POST_HEAD = Setting(name="POST_HEAD", default="off", parse=parse_switch, right="Write on or off.")

CAPABILITY = Capability(
    name="proof",
    jobs=[Job(name="following the books", every_seconds=30.0, run=follow)],
    notices=NOTICES,
    settings=[POST_HEAD],
)

"""What owners hear when the bot stands still, is refused or runs out of room; told once, and again when it is over."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from bot.core.alarms import Trouble, Vitals, find_troubles
from bot.core.roles import OWNERS
from bot.services.members import list_chats
from bot.services.notices import Notice, owe
from storage.frozen import frozen
from storage.tables import inbox, outbox, warnings
from storage.tx import Tx

_KEY = "alarm:"


@frozen
class Alarm(Notice):
    """To an owner: something is wrong, or is over."""

    kind: ClassVar[str] = "alarm"
    alarm: str
    """A `Trouble`."""
    count: int
    """How bad it is, as `find_troubles` says."""
    over: bool = False
    job: str = ""
    """Which piece of the bot's own work is late."""


@frozen
class Backlog:
    """What waits in the database; ages are 0 where nothing does."""

    updates: int
    updates_age_seconds: float
    notices: int
    notices_age_seconds: float

    def compute_at(self, seconds: float) -> Backlog:
        """The same after so many seconds in which nothing was written."""
        return replace(
            self,
            updates_age_seconds=self.updates_age_seconds + (seconds if self.updates else 0.0),
            notices_age_seconds=self.notices_age_seconds + (seconds if self.notices_age_seconds else 0.0),
        )


def read_backlog(tx: Tx) -> Backlog:
    """Count what waits, and how long the oldest of it has waited."""
    return Backlog(
        updates=inbox.count_open(tx),
        updates_age_seconds=_compute_age(tx, inbox.find_oldest_open(tx)),
        notices=outbox.count_owed(tx),
        notices_age_seconds=_compute_age(tx, outbox.find_oldest_untried(tx)),
    )


def list_told(tx: Tx) -> set[Trouble]:
    """What the owners were told of, and is not over yet."""
    return {Trouble(key.removeprefix(_KEY)) for key in warnings.list_told(tx) if key.startswith(_KEY)}


def note_vitals(tx: Tx, vitals: Vitals) -> None:
    """Tell the owners what is wrong now and was not before, and what is over; while there is none of them, nothing is noted."""
    told = list_told(tx)
    found = find_troubles(vitals, told)
    for trouble in found.keys() - told:
        if _tell(tx, Alarm(alarm=trouble, count=found[trouble], job=vitals.late_job)):
            warnings.add(tx, f"{_KEY}{trouble}")
    for trouble in told - found.keys():
        warnings.delete_told(tx, f"{_KEY}{trouble}")
        _tell(tx, Alarm(alarm=trouble, count=0, over=True))


def _tell(tx: Tx, alarm: Alarm) -> bool:
    """Owe it to every owner; False where there is none yet."""
    chats = list_chats(tx, OWNERS)
    for chat in chats:
        owe(tx, chat, alarm, key=f"{alarm.alarm}:{alarm.over}:{chat.person_id}:{tx.now}")
    return bool(chats)


def _compute_age(tx: Tx, since: int | None) -> float:
    return 0.0 if since is None else max(0.0, (tx.now - since) / 1_000_000)

"""What is to be written down of deliveries that have ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.services.broadcasts.delivering import Key
from storage.broadcast import Outcome, Recipient
from storage.records import BroadcastId


@dataclass(slots=True, eq=False)
class Ends:
    """What is to be written down."""

    outcomes: list[Outcome] = field(default_factory=list)
    returned: list[Recipient] = field(default_factory=list)
    paused: set[BroadcastId] = field(default_factory=set)
    stopped: set[BroadcastId] = field(default_factory=set)
    unpaid: set[BroadcastId] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.returned or self.paused or self.stopped or self.unpaid)

    def list_keys(self) -> set[Key]:
        """Recipients that the database still shows as being written to."""
        ended = {(each.broadcast_id, each.person_id) for each in self.outcomes}
        return ended | {(each.broadcast_id, each.person_id) for each in self.returned}

    def add(self, earlier: Ends) -> None:
        """Take back what could not be written down."""
        self.outcomes[:0] = earlier.outcomes
        self.returned[:0] = earlier.returned
        self.paused |= earlier.paused
        self.stopped |= earlier.stopped
        self.unpaid |= earlier.unpaid

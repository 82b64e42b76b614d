"""A counted link of a broadcast is opened: where it leads, and that its reader has opened one."""

from __future__ import annotations

from bot.core.broadcasts.counted_links import CountedLink
from storage.records import BroadcastId, PersonId
from storage.tables import broadcast_links, people
from storage.tx import Tx


def find_target(tx: Tx, *, link: CountedLink) -> str | None:
    """Where a link leads; None where no such link was sent."""
    return broadcast_links.find(tx, BroadcastId(link.broadcast_id), link.number)


def note_opened(tx: Tx, *, link: CountedLink) -> bool:
    """Count its reader, once for all links of the broadcast; nobody who was forgotten. False where nothing is new."""
    reader = people.list_by_ids(tx, [PersonId(link.person_id)]).get(PersonId(link.person_id))
    if reader is None or not reader.is_member:
        return False
    return broadcast_links.note_opened(tx, BroadcastId(link.broadcast_id), reader.id)

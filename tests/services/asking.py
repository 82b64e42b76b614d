"""What somebody is asked at the moment."""

from __future__ import annotations

from storage import Store
from storage.records import PersonId
from storage.tables import conversations


async def find_flow(store: Store, person_id: PersonId) -> str | None:
    """The flow somebody is in."""
    found = await store.read(conversations.find, person_id)
    return found.flow if found is not None else None

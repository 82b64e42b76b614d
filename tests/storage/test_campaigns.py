from __future__ import annotations

import asyncio

from storage import Store
from storage.tables import campaigns


async def test_versions_written_at_once_get_one_number_after_the_other(store: Store) -> None:
    """Nobody is refused, whoever else changes the campaign in the same moment, and nothing is lost."""
    ids = await asyncio.gather(
        *(
            store.write(campaigns.add_version, slug="welcome", content=f"{number}", digest=f"d{number}")
            for number in range(12)
        )
    )
    assert len(set(ids)) == 12
    assert {await store.read(campaigns.get_content, each) for each in ids} == {str(number) for number in range(12)}


async def test_the_same_content_is_one_version(store: Store) -> None:
    """However many write it at once; what a campaign said before and says again is a version of its own."""
    same = await asyncio.gather(
        *(store.write(campaigns.add_version, slug="welcome", content="a", digest="a") for _ in range(8))
    )
    other = await store.write(campaigns.add_version, slug="welcome", content="b", digest="b")
    again = await store.write(campaigns.add_version, slug="welcome", content="a", digest="a")
    assert len({*same, other, again}) == 3

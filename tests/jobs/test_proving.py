"""The books are followed as they grow, and whatever was changed in them behind the bot's back is found."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from sqlalchemy import text

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign
from bot.core.merkle import Frontier
from bot.core.proof import Follower, compose_entry
from bot.jobs import proving
from bot.jobs.proving import BooksWrong, follow, inspect
from bot.services import proof
from bot.services.campaigns.opening import Source, open_shop
from storage import Store, StoreUnavailable, open_store
from storage.addresses import ANNOUNCE
from storage.beside import open_beside
from storage.engines.postgres_connection import connect
from storage.facts import EventKind
from storage.records import NoticeId, OutboxRow, PersonId, VersionId
from storage.tables import checkpoints, events, inspections, outbox, shops
from storage.tx import Tx
from tests.attack.changed_books import fill
from tests.services.conftest import campaign
from tests.storage.cast import run
from tests.storage.clock import Clock

__all__ = ["campaign"]

DAY_SECONDS = 24 * 3600


@pytest.fixture
async def books(store: Store, clock: Clock) -> Store:
    """A shop with some of everything."""
    await fill(store, clock, members=8)
    return store


def count_noted(tx: Tx) -> dict[str, int]:
    """How many checkpoints there are of each log."""
    return {log: len(checkpoints.list_all(tx, log)) for log in checkpoints.LOGS}


async def test_the_head_is_that_of_the_rows_as_documented(books: Store) -> None:
    """Whoever has the rows can compute it: RFC 6962 over JSON arrays."""
    upto = await books.write(proof.settle, "ledger")
    rows = await books.read(proof.list_rows, "ledger", after=0, upto=upto, most=1000)
    frontier = Frontier()
    for row in rows:
        frontier.append(json.dumps(["ledger", *row], separators=(",", ":")).encode())
    finding = await inspect(books)
    assert (finding.faults, finding.entries) == ([], len(rows))
    assert finding.head == frontier.compute_root().hex()
    assert compose_entry("ledger", (1, "ключ", None)) == rb'["ledger",1,"\u043a\u043b\u044e\u0447",null]'


async def test_a_checkpoint_moves_on_with_the_day(books: Store, clock: Clock) -> None:
    """However few rows are read at once, one row a day stays, and it has the head of all there was."""
    await follow(books, page=3)
    first = await books.read(checkpoints.find_last, "ledger")
    await fill(books, clock, members=4, first=100)
    await follow(books, page=3)
    await follow(books, page=3)
    assert set((await books.read(count_noted)).values()) <= {1, 2}
    clock.advance(40 * DAY_SECONDS)
    await fill(books, clock, members=4, first=200)
    await follow(books)
    last = await books.read(checkpoints.find_last, "ledger")
    finding = await inspect(books)
    assert first is not None
    assert last is not None
    assert last.size > first.size
    assert (finding.faults, finding.head) == ([], last.root)


async def test_an_earlier_head_is_found_and_no_other(books: Store, clock: Clock) -> None:
    """The very first and the present one too; what never was one is said to be none."""
    early = (await inspect(books)).head
    await fill(books, clock, members=4, first=100)
    now = (await inspect(books, head=early)).head
    nothing = Frontier().compute_root().hex()
    for head in (early, now, nothing):
        assert (await inspect(books, head=head)).faults == []
    for head in (early[:-1] + "x", early[:16], "", "kopi"):
        assert len((await inspect(books, head=head)).faults) == 1


async def test_what_is_wrong_is_no_checkpoint_and_is_told_daily(books: Store, clock: Clock) -> None:
    """The admins hear of a job that fails again and again; the last head that was right stays."""
    await follow(books)
    before = await books.read(checkpoints.find_last, "ledger")
    clock.advance(DAY_SECONDS)
    await books.write(run, text("UPDATE account SET balance = balance + 1 WHERE id = 2"))
    with pytest.raises(BooksWrong, match="balances miss the ledger by 1 points"):
        await proving.make_inspecting_job(post=True).run(books)
    found = await books.read(inspections.find)
    assert found is not None
    assert (found.faults, found.said) == (1, "balances miss the ledger by 1 points")
    assert await books.read(checkpoints.find_last, "ledger") == before


async def list_posted(store: Store) -> list[OutboxRow]:
    """What the announce chat is to read of the books."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
    return [row for row in owed if row.kind == "head_posted"]


async def test_the_head_is_posted_once_a_day_where_the_owner_wants(
    books: Store, clock: Clock, campaign: Campaign
) -> None:
    """Nothing without a chat for it, or without the owner's wish."""
    await proving.inspect_daily(books, post=True)
    await books.write(
        open_shop, Source(campaign=campaign), announce_chat="@news", community_chat=None, community_id=None
    )
    await proving.inspect_daily(books, post=False)
    assert await list_posted(books) == []
    for _ in range(2):
        await proving.inspect_daily(books, post=True)
    (posted,) = await list_posted(books)
    found = await books.read(inspections.find)
    assert found is not None
    assert (posted.payload["head"], posted.address) == (found.head, ANNOUNCE)
    clock.advance(DAY_SECONDS)
    await proving.inspect_daily(books, post=True)
    assert len(await list_posted(books)) == 2


async def test_the_books_are_looked_over_beside_the_bot(books: Store, store_url: str, clock: Clock) -> None:
    """On a connection of its own, while the bot has its lock and goes on writing."""
    alone = await inspect(books)
    with open_beside(store_url) as beside:
        found = await inspect(beside, head=alone.head)
        await fill(books, clock, members=3, first=300)
        later = await inspect(beside, head=alone.head)
        with pytest.raises(StoreUnavailable):
            await beside.read(events.add_fact, EventKind.GIVEN, PersonId(1), key="b", version_id=VersionId(1))
    assert (found.faults, found.head) == ([], alone.head)
    assert later.faults == []
    assert later.entries > alone.entries


@pytest.mark.postgres
async def test_no_checkpoint_stands_before_a_row_that_is_still_to_come(postgres_url: str, clock: Clock) -> None:
    """Whoever has an id and has not committed is waited for: else their row would look like one put in afterwards."""
    async with open_store(postgres_url, clock=clock) as store:
        await fill(store, clock, members=4)
        await follow(store)
        with closing(connect(postgres_url)) as slow:
            slow.execute("BEGIN")
            slow.execute(
                "INSERT INTO event (kind, person_id, campaign_version_id, key, happened_at) VALUES ('given', 1, 1, 'a', 1)"
            )
            version_id = (await store.read(shops.get)).version_id
            await store.write(events.add_fact, EventKind.GIVEN, PersonId(1), key="b", version_id=version_id)
            with pytest.raises(StoreUnavailable):
                await follow(store)
            slow.execute("COMMIT")
        await follow(store)
        assert (await inspect(store)).faults == []


def test_a_cut_tail_a_changed_row_and_another_id_are_told_apart() -> None:
    """What was noted of two rows is held against one row, two others, and the same two."""
    whole = Follower("ledger", [])
    whole.add([(1, "a"), (3, "b")])
    noted = checkpoints.Checkpoint(
        log="ledger", day=1, size=2, last_id=3, root=whole.head, peaks=whole.head, noted_at=0
    )
    cut, changed, same = (Follower("ledger", [noted]) for _ in range(3))
    cut.add([(1, "a")])
    changed.add([(1, "a"), (3, "c")])
    same.add([(1, "a"), (3, "b"), (4, "d")])
    assert cut.end() == ["ledger once had more rows than it has: 2, and now 1"]
    assert changed.end() == ["the first 2 rows of ledger are not what they were"]
    assert same.end() == []


def test_the_document_names_the_columns_in_their_order() -> None:
    """Whoever computes a head by hand goes by docs/proof.md."""
    said = (ASSETS.parent / "docs" / "proof.md").read_text(encoding="utf-8")
    for log in checkpoints.LOGS:
        assert f"| `{log}` | {', '.join(f'`{name}`' for name in checkpoints.list_columns(log))} |" in said

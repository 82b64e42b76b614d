from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from sqlalchemy import delete, func, select

from storage import RowMissing, RuleBroken, Store
from storage.records import Ban, PersonId, ShareWay
from storage.role import Role
from storage.schema.messages import flood_wait
from storage.schema.people import code_key
from storage.schema.sharing import click
from storage.segment import SegmentRow
from storage.tables import (
    cards,
    clicks,
    code_keys,
    command_menus,
    due_jobs,
    flood_waits,
    guesses,
    people,
    pictures,
    roles,
    segments,
    shares,
)
from storage.tables.due_jobs import DueJob
from storage.tables.pictures import StoredPicture
from tests.storage.cast import add_member, add_members, run
from tests.storage.clock import NOON, Clock


async def test_shares_are_counted(store: Store) -> None:
    """Each share adds one, and only known people share."""
    anna = await store.write(add_member, 1)
    for way in ShareWay:
        await store.write(shares.add, anna.id, way)
    assert await store.read(shares.count_all) == len(ShareWay)
    await store.write(shares.add, anna.id, ShareWay.QR, "mina")
    assert await store.read(shares.count_by_way) == {way.value: 1 + (way is ShareWay.QR) for way in ShareWay}
    assert (await store.read(people.get, anna.id)).shared_at == NOON
    with pytest.raises(RuleBroken):
        await store.write(shares.add, PersonId(99), ShareWay.CARD)


async def test_a_card_is_known_by_person_and_version(store: Store) -> None:
    """The newest file_id of a version replaces the former; one that Telegram forgot is dropped."""
    anna = await store.write(add_member, 1)
    await store.write(cards.set_file_id, anna.id, "v1", "file-1")
    await store.write(cards.set_file_id, anna.id, "v1", "file-2")
    assert await store.read(cards.find_file_id, anna.id, "v1") == "file-2"
    assert await store.read(cards.find_file_id, anna.id, "v2") is None
    await store.write(cards.set_file_id, anna.id, "v2", "file-3")
    await store.write(cards.forget, anna.id, "v1")
    assert await store.read(cards.find_file_id, anna.id, "v1") is None
    assert await store.read(cards.find_file_id, anna.id, "v2") == "file-3"


async def test_guesses_are_kept_per_telegram_id(store: Store) -> None:
    """The last word on somebody's guesses stands until its window is old."""
    assert await store.read(guesses.find, 5) is None
    for misses in (1, 2):
        await store.write(guesses.set, 5, NOON, misses)
    assert await store.read(guesses.find, 5) == (NOON, 2)
    assert await store.write(guesses.delete_before, NOON, 10) == 0
    assert await store.write(guesses.delete_before, NOON + 1, 10) == 1
    assert await store.read(guesses.find, 5) is None


async def test_bans_are_kept_per_scope_while_they_last(store: Store, clock: Clock) -> None:
    """The last word about a scope stands, what is over is not read, and the next one sweeps it out."""

    def ban(scope: str, until_at: int) -> Ban:
        return Ban(scope=scope, until_at=until_at, wait_seconds=7)

    assert await store.read(flood_waits.list_bans) == []
    for scope, until_at in (("chat:5", NOON + 1), ("chat:5", NOON + 5), ("telegram", NOON + 9)):
        await store.write(flood_waits.set_ban, ban(scope, until_at))
    assert await store.read(flood_waits.list_bans) == [ban("telegram", NOON + 9), ban("chat:5", NOON + 5)]
    clock.now = NOON + 6
    assert await store.read(flood_waits.list_bans) == [ban("telegram", NOON + 9)]
    await store.write(flood_waits.set_ban, ban("chat:6", NOON + 9))
    assert await store.read(lambda tx: tx.scalar(select(func.count()).select_from(flood_wait))) == 2
    await store.write(flood_waits.delete_of, "telegram")
    assert await store.read(flood_waits.list_bans) == [ban("chat:6", NOON + 9)]
    clock.now = NOON + 9
    assert [await store.write(flood_waits.delete_over) for _ in range(2)] == [1, 0]


async def test_clicks_are_counted_by_source_also_when_only_sums_are_left(store: Store, clock: Clock) -> None:
    """Folding keeps what the figures say, of a page of old ones and of somebody who is forgotten."""
    anna, ben = await store.write(add_members, 2)
    for source in ("qr", "qr", "fwd"):
        await store.write(clicks.add, anna.id, source)
    await store.write(clicks.add, ben.id, "qr")
    counted = {"qr": 3, "fwd": 1}
    assert await store.read(clicks.count_by_source) == counted
    assert await store.write(clicks.delete_before, before=clock.now, limit=9) == 0
    assert await store.write(clicks.delete_before, before=clock.now + 1, limit=2) == 2
    assert await store.read(clicks.count_by_source) == counted
    await store.write(clicks.delete_of, anna.id)
    assert await store.read(clicks.count_by_source) == counted
    assert await store.write(clicks.delete_before, before=clock.now + 1, limit=9) == 1
    assert await store.read(clicks.count_by_source) == counted


async def test_shares_are_counted_by_way_also_when_only_sums_are_left(store: Store, clock: Clock) -> None:
    """Likewise; the story shared last is known as long as its row is."""
    anna, ben = await store.write(add_members, 2)
    assert await store.read(shares.find_last_story, anna.id) == ""
    for way, story in ((ShareWay.CARD, "rye"), (ShareWay.QR, ""), (ShareWay.CARD, "bun")):
        await store.write(shares.add, anna.id, way, story)
    assert await store.read(shares.find_last_story, anna.id) == "bun"
    await store.write(shares.add, ben.id, ShareWay.CARD, "roll")
    assert [await store.read(shares.find_last_story, each.id) for each in (anna, ben)] == ["bun", "roll"]
    await store.write(shares.delete_of, ben.id)
    assert await store.write(shares.delete_before, before=clock.now, limit=9) == 0
    assert await store.write(shares.delete_before, before=clock.now + 1, limit=1) == 1
    await store.write(shares.delete_of, anna.id)
    assert await store.read(shares.count_by_way) == {"card": 3, "qr": 1}


async def test_a_click_knows_its_story_and_campaign(store: Store, clock: Clock) -> None:
    """Those that the link names, else the last story that its own member shared, and the shop's campaign: none, where there is no shop."""
    anna, ben = await store.write(add_members, 2)
    await store.write(shares.add, anna.id, ShareWay.CARD, "rye")
    await store.write(shares.add, ben.id, ShareWay.CARD, "bun")
    clock.advance(1)
    await store.write(clicks.add, anna.id, "qr", story="oat", campaign=7, is_first=False)
    await store.write(clicks.add, anna.id, "fwd")
    rows = select(
        *(click.c[name] for name in ("person_id", "source", "clicked_at", "story", "campaign_id", "is_first"))
    ).order_by(click.c.id)
    assert [(*row[:-1], bool(row[-1])) for row in await store.read(lambda tx: tx.rows(rows))] == [
        (anna.id, "qr", clock.now, "oat", 7, False),
        (anna.id, "fwd", clock.now, "rye", 0, True),
    ]


async def test_owners_are_whom_the_settings_name_now(store: Store) -> None:
    """Whoever was appointed in the chat stays; a role can be taken, and taken back by the next start alone."""
    await store.write(roles.set_owners, [7, 8])
    await store.write(roles.set, 9, Role.STAFF)
    assert await store.read(roles.list_all) == {7: Role.OWNER, 8: Role.OWNER, 9: Role.STAFF}
    await store.write(roles.set_owners, [8])
    assert await store.read(roles.list_all) == {8: Role.OWNER, 9: Role.STAFF}
    assert [await store.read(roles.find, each) for each in (7, 8, 9)] == [Role.MEMBER, Role.OWNER, Role.STAFF]
    assert [await store.read(roles.is_from_settings, each) for each in (7, 8, 9)] == [False, True, False]
    await store.write(roles.set, 9, Role.MANAGER)
    assert await store.read(roles.find, 9) is Role.MANAGER
    await store.write(roles.clear, 9)
    assert await store.read(roles.list_all) == {8: Role.OWNER}


async def test_what_a_job_is_due_for_is_written_over(store: Store) -> None:
    """One row a job, with what its last failure said."""
    for due_at, failures, error in ((5, 1, "OSError: no"), (9, 0, "")):
        job = DueJob(name="cleaning", due_at=due_at, failures=failures, error=error)
        await store.write(due_jobs.set_due, job)
        assert await store.read(due_jobs.list_all) == {"cleaning": job}


async def test_menus_are_remembered_by_what_they_say(store: Store, clock: Clock) -> None:
    """One digest a chat, so that nothing is said twice."""
    for digest in ("a", "b"):
        await store.write(command_menus.set, 7, digest)
    await store.write(command_menus.set, 8, "c")
    assert await store.read(command_menus.list_all) == {7: "b", 8: "c"}
    await store.write(command_menus.clear, 7)
    assert await store.read(command_menus.list_all) == {8: "c"}
    assert await store.read(command_menus.find_everybodys) == ("", inf)
    await store.write(command_menus.set, command_menus.EVERYBODY, "d")
    clock.advance(90)
    assert await store.read(command_menus.find_everybodys) == ("d", 90.0)
    assert await store.read(command_menus.list_all) == {8: "c"}


async def test_the_shops_secret_stays_what_it_is(store: Store) -> None:
    """Who was forgotten is told by it, and by nobody's number; in time that is forgotten as well."""
    first = await store.read(code_keys.get)
    assert len(first.key) >= 16
    assert await store.read(code_keys.get) == first
    await store.write(code_keys.add_forgotten, 7)
    assert [await store.read(code_keys.was_forgotten, each) for each in (7, 8)] == [True, False]


async def test_without_its_secret_a_shop_says_so(store: Store) -> None:
    """Whoever took it out of the database hears where it was."""
    await store.write(run, delete(code_key))
    with pytest.raises(RowMissing, match="code_key is empty"):
        await store.read(code_keys.get)


async def test_pictures_are_kept_by_their_content(store: Store) -> None:
    """Each once, with what it was read from; one that is not there says so."""
    square = StoredPicture(sha256="a" * 64, content=b"\x00\xff1", width=4, height=5, read_from="c" * 64)
    wide = StoredPicture(sha256="b" * 64, content=b"\x002", width=7, height=6)
    await store.write(pictures.add, [square, wide])
    await store.write(pictures.add, [replace(square, content=b"other")])
    assert [await store.read(pictures.get, each.sha256) for each in (square, wide)] == [square, wide]
    found = [await store.read(pictures.find_content, each) for each in (square.sha256, wide.sha256, "d" * 64)]
    assert found == [square.content, wide.content, None]
    assert await store.read(pictures.list_known) == {
        "a" * 64: "a" * 64,
        "b" * 64: "b" * 64,
        "c" * 64: "a" * 64,
    }
    with pytest.raises(RowMissing, match="no picture dddddddddddd\\."):
        await store.read(pictures.get, "d" * 64)


async def test_segments_are_kept_by_name(store: Store, clock: Clock) -> None:
    """One of a name; each is changed and removed by its number, and listed by its name."""
    first, second = [await store.write(segments.add, name, f"{name}: all") for name in ("rye", "bun")]
    assert first is not None
    assert second is not None
    assert await store.write(segments.add, "rye", "others") is None
    kept = SegmentRow(id=first, name="rye", written="rye: all", changed_at=NOON)
    other = SegmentRow(id=second, name="bun", written="bun: all", changed_at=NOON)
    assert await store.read(segments.list_all, limit=9) == [other, kept]
    assert await store.read(segments.list_all, limit=1) == [other]
    clock.advance(1)
    changed = replace(kept, name="spelt", written="few", changed_at=clock.now)
    await store.write(segments.set_segment, replace(changed, changed_at=0))
    assert await store.read(segments.find, first) == changed
    assert [await store.read(segments.find_by_name, each) for each in ("spelt", "rye", "bun")] == [changed, None, other]
    assert [await store.write(segments.remove, first) for _ in range(2)] == [True, False]
    assert await store.read(segments.list_all, limit=9) == [other]

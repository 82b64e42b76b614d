"""Owners hear once of each trouble, and once that it is over."""

from __future__ import annotations

from dataclasses import replace

from bot.core.alarms import Trouble, Vitals
from bot.services.alarms import Alarm, Backlog, list_told, note_vitals, read_backlog
from bot.services.members import note_owners
from storage import Store, Tx
from storage.addresses import MemberAddress
from storage.records import NoticeId
from storage.tables import inbox, outbox
from tests.storage.cast import add_members
from tests.storage.clock import Clock

WELL = Vitals()
FULL = Vitals(disk_free_bytes=1024**2, disk_total_bytes=1024**4)
LATE = Vitals(late_job="reconciling", job_late_seconds=3_600)


def _list_alarms(tx: Tx) -> list[tuple[int, str, int, bool, str]]:
    rows = [row for row in outbox.list_owed(tx, after=NoticeId(0), limit=100) if row.kind == Alarm.kind]
    return [
        (
            row.address.person_id,
            str(row.payload["alarm"]),
            int(row.payload["count"]),
            bool(row.payload.get("over", False)),
            str(row.payload.get("job", "")),
        )
        for row in rows
        if isinstance(row.address, MemberAddress)
    ]


async def test_each_owner_is_told_once_and_once_more_when_it_is_over(store: Store) -> None:
    """However often it is looked; the next time is another trouble."""
    first, second, _ = await store.write(add_members, 3)
    await store.write(note_owners, telegram_ids={first.profile.telegram_id, second.profile.telegram_id})
    for vitals in (FULL, FULL, WELL, WELL, LATE):
        await store.write(note_vitals, vitals)
    told = await store.read(_list_alarms)
    assert [each for each in told if each[0] == first.id] == [
        (first.id, "disk", 1, False, ""),
        (first.id, "disk", 0, True, ""),
        (first.id, "jobs", 60, False, "reconciling"),
    ]
    assert sorted(each[1:] for each in told if each[0] == second.id) == sorted(each[1:] for each in told[::2])
    assert await store.read(list_told) == {Trouble.JOBS}


async def test_a_trouble_that_nobody_could_be_told_is_told_when_somebody_is_there(store: Store) -> None:
    """The shop may be set up before its owner has ever started the bot."""
    await store.write(note_vitals, FULL)
    assert await store.read(list_told) == set()
    (owner,) = await store.write(add_members, 1)
    await store.write(note_owners, telegram_ids={owner.profile.telegram_id})
    await store.write(note_vitals, FULL)
    assert [each[1] for each in await store.read(_list_alarms)] == ["disk"]


async def test_what_waits_is_counted_with_its_age(store: Store, clock: Clock) -> None:
    """Of updates that nobody handles, and of notices that nobody tried; a notice that is tried again is no sign."""
    assert (await store.read(read_backlog)).updates == 0
    (member,) = await store.write(add_members, 1)
    await store.write(note_owners, telegram_ids={member.profile.telegram_id})
    await store.write(inbox.add_batch, [(1, 7, b"{}")])
    await store.write(note_vitals, FULL)
    clock.advance(300)
    backlog = await store.read(read_backlog)
    assert (backlog.updates, backlog.updates_age_seconds) == (1, 300)
    assert (backlog.notices, backlog.notices_age_seconds) == (1, 300)
    ids = [row.id for row in await store.read(outbox.list_owed, after=NoticeId(0), limit=9)]
    await store.write(outbox.note_attempt, ids, error="no luck")
    assert (await store.read(read_backlog)).notices_age_seconds == 0


def test_what_waits_grows_older_while_nothing_is_written() -> None:
    """What there is none of has no age; nor have notices that were all tried before."""
    waits = Backlog(updates=2, updates_age_seconds=5.0, notices=3, notices_age_seconds=7.0)
    assert waits.compute_at(10) == replace(waits, updates_age_seconds=15.0, notices_age_seconds=17.0)
    nothing = Backlog(updates=0, updates_age_seconds=0.0, notices=3, notices_age_seconds=0.0)
    assert nothing.compute_at(10) == nothing

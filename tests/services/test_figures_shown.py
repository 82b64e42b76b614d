"""The way into the dashboard, and what each page of figures shows, in a browser and in the chat; and lists to take away."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from bot.core.dashboard import CUTS, LISTS, SHOWN_ROWS, BoardPage
from bot.core.funnel import Funnel
from bot.core.liability import Liability
from bot.core.spreadsheets import Format
from bot.services import stats
from bot.services.broadcasts.results import list_results
from bot.services.dashboard.entering import (
    LINK_SECONDS,
    SESSION_SECONDS,
    SessionOver,
    find_insider,
    leave,
    look_at_link,
    make_link,
    use_link,
)
from bot.services.dashboard.viewing import compute_mark, find_export_for, view_page
from bot.services.exporting import read_part
from bot.services.joining.joining import credit
from bot.services.members import NotAllowed
from bot.services.printing import note_placement, note_print
from bot.services.pulse.measuring import measure_pulse
from bot.services.reminding.asking import set_hold_out
from bot.services.sprout import measure_sprout
from bot.services.stats import TOP_SIZE, Figures, Page, look, measure
from bot.services.tickets.tickets import say
from bot.services.tickets.watching import view_desk_figures
from bot.services.trials import measure_trial
from bot.services.visiting import Click, count_clicks
from storage import Store
from storage.exports import EXPORTS
from storage.records import BroadcastState, Person, Profile
from storage.role import Role
from storage.schema.people import person
from storage.tables import broadcasts, people, roles, scores
from storage.ticket import Said
from tests.storage.cast import add_member, add_members, give, make_profile, run
from tests.storage.clock import Clock

SARI = make_profile(1)
TONO = make_profile(2)
MEI = make_profile(3)


@pytest.fixture
async def cast(store: Store) -> list[Person]:
    """Sari owns the shop, Tono manages it, Mei is a member who has brought one of two more."""
    members = await store.write(add_members, 5)
    await store.write(roles.set, SARI.telegram_id, Role.OWNER)
    await store.write(roles.set, TONO.telegram_id, Role.MANAGER)
    assert await store.write(credit, members[2], members[3], source="qr") is not None
    return members


async def sign_in(store: Store, visitor: Profile = SARI, former: str = "") -> str:
    """The session that a link is used for."""
    link = await store.write(make_link, visitor=visitor)
    return await store.write(use_link, token=link.token, former=former)


async def find_names(store: Store, *tokens: str) -> list[str]:
    """Who looks by each session; empty for nobody any more."""
    names = []
    for token in tokens:
        try:
            names.append((await store.read(find_insider, session=token)).member.name)
        except SessionOver:
            names.append("")
    return names


async def test_a_link_is_used_once_for_a_session(store: Store, cast: list[Person]) -> None:
    """Looking uses nothing up; the next link ends the one before; a link is no session, and a session no link."""
    first, second = [await store.write(make_link, visitor=SARI) for _ in range(2)]
    assert (second.member.id, len(second.token)) == (cast[0].id, 43)
    with pytest.raises(SessionOver):
        await store.read(look_at_link, token=first.token)
    for _ in range(2):
        seen = await store.read(look_at_link, token=second.token)
        assert (seen.member.name, seen.role, seen.may_export) == ("Member 1", Role.OWNER, True)
    assert await find_names(store, second.token) == [""]
    session = await store.write(use_link, token=second.token, former="")
    assert (len(session), await find_names(store, session)) == (43, ["Member 1"])
    for used in (second.token, session, "none", "\ud800"):
        with pytest.raises(SessionOver):
            await store.write(use_link, token=used, former="")
    tono = await store.read(find_insider, session=await sign_in(store, TONO))
    assert (tono.role, tono.may_export) == (Role.MANAGER, False)
    with pytest.raises(NotAllowed):
        await store.write(make_link, visitor=MEI)


async def test_a_session_ends_with_its_day_its_role_or_the_next_one(
    store: Store, cast: list[Person], clock: Clock
) -> None:
    """Leaving ends no link; what the browser held before ends with a new one."""
    first = await sign_in(store)
    second = await sign_in(store, former=first)
    assert await find_names(store, first, second) == ["", "Member 1"]
    await store.write(leave, session=second)
    assert await find_names(store, second) == [""]
    link = await store.write(make_link, visitor=SARI)
    await store.write(leave, session=link.token)
    clock.advance(LINK_SECONDS - 1)
    assert (await store.read(look_at_link, token=link.token)).member.name == "Member 1"
    clock.advance(1)
    with pytest.raises(SessionOver):
        await store.read(look_at_link, token=link.token)
    sari, tono = await sign_in(store), await sign_in(store, TONO)
    await store.write(roles.set, TONO.telegram_id, Role.STAFF)
    assert await find_names(store, sari, tono) == ["Member 1", ""]
    clock.advance(SESSION_SECONDS - 1)
    assert await find_names(store, sari) == ["Member 1"]
    clock.advance(1)
    assert await find_names(store, sari) == [""]


async def test_each_page_shows_what_it_is_about(store: Store, cast: list[Person], clock: Clock) -> None:
    """The funnel and what is owed, its parts, a list's last rows, what came of messages: and nothing of the others."""
    session = await sign_in(store)
    sent = await store.write(broadcasts.add, cast[0].id)
    await store.write(broadcasts.set_started, sent.id, due_at=0, joined_upto=None)
    await store.write(broadcasts.set_state, sent.id, BroadcastState.DONE, expected=[BroadcastState.DRAFT])
    await store.write(say, visitor=MEI, said=Said(words="Cold bread"))
    await store.write(set_hold_out, visitor=SARI, percent=10)
    mark = await store.read(compute_mark, session=session)
    for page in BoardPage:
        seen = await store.read(view_page, session=session, page=page)
        assert (seen.insider.member.name, seen.page, seen.now, seen.mark) == ("Member 1", page, clock.now, mark)
        whole = page in {BoardPage.FUNNEL, BoardPage.GROWTH}
        assert seen.figures == (await store.read(measure) if whole else None)
        assert seen.owed == (await store.read(stats.sum_owed) if whole else Liability())
        assert dict(seen.weeks) == (await store.read(stats.list_weeks) if whole else {})
        assert (seen.asking is not None) is (page is BoardPage.GROWTH)
        assert list(seen.broadcasts) == (await store.read(list_results) if page is BoardPage.BROADCASTS else [])
        desk = await store.read(view_desk_figures) if page is BoardPage.TICKETS else None
        assert (seen.desk, bool(seen.rows)) == (
            desk,
            page in LISTS and page not in {BoardPage.ORDERS, BoardPage.CONTESTS},
        )
        assert bool(seen.parts) is (page in CUTS)
    members = await store.read(view_page, session=session, page=BoardPage.MEMBERS)
    assert [row["first_name"] for row in members.rows] == [f"Member {number}" for number in (5, 4, 3, 2, 1)]
    tickets = await store.read(view_page, session=session, page=BoardPage.TICKETS)
    assert tickets.desk is not None
    assert (tickets.desk.open, [row["state"] for row in tickets.rows]) == (1, ["open"])
    with pytest.raises(SessionOver):
        await store.read(view_page, session="none", page=BoardPage.FUNNEL)


async def test_of_parts_and_lists_so_many_are_shown(store: Store, cast: list[Person]) -> None:
    """The parts that brought most first, and where they are alike by their names; of a list the latest."""
    session = await sign_in(store)
    for number in range(SHOWN_ROWS):
        await store.write(add_member, 100 + number)
        await store.write(note_print, person_id=cast[0].id, story=f"story-{number:02}")
    parts = (await store.read(view_page, session=session, page=BoardPage.STORIES)).parts
    assert [*parts] == ["", *(f"story-{number:02}" for number in range(SHOWN_ROWS - 1))]
    assert (parts["story-00"].prepared, parts["story-00"].started) == (1, 0)
    for owner, source in ((1, "qr"), (1, "web"), (2, "web")):
        code = cast[owner].code
        await store.write(
            count_clicks,
            clicked=[Click(member_id=cast[owner].id, code=code, source=source, visitor=f"{owner}{source}")],
        )
    sources = (await store.read(view_page, session=session, page=BoardPage.SOURCES)).parts
    assert [(key, part.started, part.clicked) for key, part in sources.items()] == [
        ("qr", 1, 2),
        ("web", 0, 2),
        ("", 0, 0),
        ("print", 0, 0),
    ]
    rows = (await store.read(view_page, session=session, page=BoardPage.MEMBERS)).rows
    assert (len(rows), rows[0]["first_name"]) == (SHOWN_ROWS, f"Member {99 + SHOWN_ROWS}")


async def test_the_mark_changes_with_what_a_page_shows(store: Store, cast: list[Person], clock: Clock) -> None:
    """And stays while nothing does; while messages go out it changes every fifteen seconds."""
    session = await sign_in(store)
    clock.now -= clock.now % 15_000_000

    async def mark() -> str:
        return await store.read(compute_mark, session=session)

    seen = [await mark()]
    clock.advance(1)
    assert await mark() == seen[0]
    assert len(seen[0]) == 16
    await store.write(add_member, 6)
    seen.append(await mark())
    await store.write(give, cast[2].id, 7)
    seen.append(await mark())
    latest = await store.read(people.find_by_telegram_id, make_profile(6).telegram_id)
    assert latest is not None
    await store.write(people.set_profile, latest.id, replace(latest.profile, first_name="Bayu"))
    seen.append(await mark())
    await store.write(say, visitor=MEI, said=Said(words="Cold bread"))
    seen.append(await mark())
    sent = await store.write(broadcasts.add, cast[0].id)
    await store.write(broadcasts.set_started, sent.id, due_at=0, joined_upto=None)
    await store.write(broadcasts.set_state, sent.id, BroadcastState.RUNNING, expected=[BroadcastState.DRAFT])
    seen.append(await mark())
    clock.advance(13)
    assert await mark() == seen[-1]
    clock.advance(1)
    seen.append(await mark())
    assert len(set(seen)) == len(seen)
    with pytest.raises(SessionOver):
        await store.read(compute_mark, session="none")


async def test_lists_are_the_owners_to_take_away(store: Store, cast: list[Person]) -> None:
    """By the names there are."""
    sari, tono = await sign_in(store), await sign_in(store, TONO)
    assert await store.read(find_export_for, session=sari, name="members") is EXPORTS["members"]
    assert await store.read(find_export_for, session=sari, name="secrets") is None
    assert await store.read(find_export_for, session=tono, name="members") is None
    with pytest.raises(SessionOver):
        await store.read(find_export_for, session="none", name="members")


async def test_each_page_in_the_chat_shows_what_it_is_about(store: Store, cast: list[Person]) -> None:
    """And nothing of the others."""
    await store.write(note_placement, "door")
    await store.write(give, cast[2].id, 7)
    await store.write(set_hold_out, visitor=SARI, percent=10)
    sent = await store.write(broadcasts.add, cast[0].id)
    await store.write(broadcasts.set_started, sent.id, due_at=0, joined_upto=None)
    for page in Page:
        seen = await store.read(look, visitor=TONO, page=page)
        assert (seen.member.name, seen.page, seen.figures) == ("Member 2", page, await store.read(measure))
        assert bool(seen.cut) is (page in {Page.STORIES, Page.SOURCES, Page.MEMBERS})
        assert dict(seen.placements) == ({"door": 1} if page is Page.SOURCES else {})
        assert seen.top == (await store.read(scores.list_top, TOP_SIZE) if page is Page.MEMBERS else [])
        assert seen.broadcasts == (await store.read(list_results) if page is Page.BROADCASTS else [])
        assert seen.desk == (await store.read(view_desk_figures) if page is Page.VOICE else None)
        assert (seen.owed.points > 0) is (page is Page.REWARDS)
        assert seen.trial == (await store.read(measure_trial) if page is Page.TRIAL else None)
        assert (seen.asking is not None, seen.held_percent) == ((True, 10) if page is Page.ASKING else (False, 0))
        assert seen.pulse == (await store.read(measure_pulse) if page is Page.PULSE else None)
        assert seen.sprout == (await store.read(measure_sprout) if page is Page.SPROUT else None)
    cuts = [
        (await store.read(look, visitor=SARI, page=page)).cut for page in (Page.STORIES, Page.SOURCES, Page.MEMBERS)
    ]
    assert [[*each] for each in cuts] == [[""], ["", "qr"], [""]]
    with pytest.raises(NotAllowed):
        await store.read(look, visitor=MEI, page=Page.GROWTH)


async def test_the_first_look_shows_the_weeks_and_what_is_owed(store: Store, cast: list[Person], clock: Clock) -> None:
    """Of one moment; this week last."""
    await store.write(give, cast[2].id, 7)
    seen = await store.read(stats.count, visitor=SARI)
    assert (seen.member.name, seen.figures, seen.figures.measured_at) == (
        "Member 1",
        await store.read(measure),
        clock.now,
    )
    assert (len(seen.weeks), seen.weeks[max(seen.weeks)].members) == (stats.WEEKS, 5)
    assert seen.owed == await store.read(stats.sum_owed)
    assert seen.owed.points == 82
    assert isinstance(seen.figures, Figures)
    assert seen.weeks[min(seen.weeks)] == Funnel()


async def test_a_list_is_read_part_by_part(store: Store, cast: list[Person], clock: Clock) -> None:
    """Its head once; moments to the second in UTC, yes and no as they are, and nothing where there is no end."""
    last = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * 1_000_000
    for number, at in ((0, last - 1), (1, last), (2, 2**62)):
        await store.write(run, update(person).where(person.c.id == cast[number].id).values(asked_at=at))
    await store.write(people.set_findable, cast[1].id, findable=False)
    export = EXPORTS["members"]
    text = (await store.read(read_part, export, Format.CSV)).content.decode()
    head, *lines = text.split("\r\n")
    assert tuple(head.split(",")) == export.columns
    rows = [dict(zip(export.columns, line.split(","), strict=True)) for line in lines if line]
    assert [row["first_name"] for row in rows] == [f"Member {number}" for number in range(1, 6)]
    assert {row["started_at"] for row in rows} == {"2025-10-09T08:53:20Z"}
    assert [row["asked_at"] for row in rows] == ["9999-12-30T23:59:59Z", "", "", "", ""]
    assert [row["findable"] for row in rows] == ["true", "false", "true", "true", "true"]
    further = await store.read(read_part, export, Format.CSV, (cast[3].id,))
    assert (further.content.decode().split("\r\n"), further.last) == ([lines[4], ""], None)
    for each, found in zip((await store.read(read_part, export, Format.JSONL)).content.splitlines(), rows, strict=True):
        said = json.loads(each)
        assert (said["first_name"], said["started_at"]) == (found["first_name"], found["started_at"])
        assert (said["findable"], said["shared_at"]) == (found["findable"] == "true", None)

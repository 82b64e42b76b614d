"""The dashboard: who comes in, what each of them sees, and that nobody else sees anything."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import text

from bot.core.dashboard import BoardPage
from bot.core.tickets import LEAST_FIGURES
from bot.services.dashboard.entering import LINK_SECONDS, SESSION_SECONDS
from bot.services.exporting import read_part
from bot.telemetry import OWN_PACE
from bot.web.server import Patience
from storage import open_store
from storage.exports import EXPORTS
from storage.role import Role
from storage.tables import broadcasts, roles, tickets
from storage.ticket import About, TicketState
from storage.tx import Tx
from tests.storage.cast import run
from tests.storage.clock import Clock
from tests.web.house import PREVIEW, House, open_house
from tests.web.insiders import Browser, add_insider, ask_for_link, find_links, sign_in

_MANY = (
    "INSERT INTO audit (act, subject, acted_at) WITH RECURSIVE number(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {}) SELECT 'invited', 'a longer word for a longer list', n FROM number"
)
SPANS, FEW = ("First answer (median)", "Solved (median)"), "too few to tell"
PAGES = ["/dashboard", *(f"/dashboard/{page}" for page in BoardPage)]
CLOSED = [*PAGES, "/dashboard/live", "/dashboard/charts/funnel", "/dashboard/lists/members.csv"]


async def test_a_link_is_looked_at_by_anybody_and_used_by_one_tap(house: House) -> None:
    """Chats fetch links before people do: only the button behind it uses it up, and only once."""
    token = await ask_for_link(house, await add_insider(house))
    for agent in (PREVIEW, "curl/8", "Mozilla/5.0"):
        looked = await house.ask(f"/dashboard/enter/{token}", agent=agent)
        assert (looked.status, looked.headers["Cache-Control"]) == (200, "no-store")
        assert "Set-Cookie" not in looked.headers
    browser, late = Browser(house), Browser(house)
    entered = await browser.enter(token)
    assert (entered.status, entered.headers["Location"]) == (303, "/dashboard")
    cookie = entered.headers["Set-Cookie"]
    assert cookie.startswith("__Host-passalong=")
    assert {"httponly", "secure", "samesite=strict", "path=/"} <= {each.strip().lower() for each in cookie.split(";")}
    assert (await browser.ask("/dashboard")).status == 200
    assert (await late.enter(token)).status == 401
    assert (late.cookie, (await house.ask(f"/dashboard/enter/{token}")).status) == ("", 401)


async def test_of_many_taps_at_once_one_comes_in(house: House) -> None:
    """However they meet."""
    token = await ask_for_link(house, await add_insider(house))
    answers = await asyncio.gather(*(Browser(house).enter(token) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [303, *[401] * 7]


async def test_a_link_ends_after_ten_minutes_and_with_the_next_one(house: House, clock: Clock) -> None:
    """A session ends after its twelve hours."""
    owner = await add_insider(house)
    first, second = await ask_for_link(house, owner), await ask_for_link(house, owner)
    assert (await Browser(house).enter(first)).status == 401
    clock.advance(LINK_SECONDS)
    assert (await Browser(house).enter(second)).status == 401
    browser = await sign_in(house, owner)
    clock.advance(SESSION_SECONDS - 1)
    assert (await browser.ask("/dashboard")).status == 200
    clock.advance(1)
    assert (await browser.ask("/dashboard")).status == 401


async def test_no_other_site_signs_anybody_in_or_out(house: House) -> None:
    """What another page sends is refused, and uses up no link."""
    owner = await add_insider(house)
    token = await ask_for_link(house, owner)
    for site in ("cross-site", "same-site", "none"):
        assert (await Browser(house).enter(token, site=site)).status == 403
    browser = Browser(house)
    assert (await browser.enter(token)).status == 303
    assert (await browser.ask("/dashboard/leave", method="POST", site="cross-site")).status == 403
    assert (await browser.ask("/dashboard")).status == 200
    assert (await browser.ask("/dashboard/leave", method="POST")).status == 401
    assert (await browser.ask("/dashboard")).status == 401


async def test_a_session_that_somebody_else_has_chosen_is_not_taken_over(house: House) -> None:
    """Whoever signs in gets a session of their own, and the one their browser held ends."""
    owner = await add_insider(house)
    browser = Browser(house, cookie="__Host-passalong=chosen-by-a-stranger")
    await browser.enter(await ask_for_link(house, owner))
    assert "chosen" not in browser.cookie
    assert (await Browser(house, cookie="__Host-passalong=chosen-by-a-stranger").ask("/dashboard")).status == 401
    former = browser.cookie
    await browser.enter(await ask_for_link(house, owner))
    assert browser.cookie != former
    assert (await Browser(house, cookie=former).ask("/dashboard")).status == 401


async def test_a_link_is_no_session_and_a_session_is_no_link(house: House) -> None:
    """Nor is anything that the database holds."""
    owner = await add_insider(house)
    token = await ask_for_link(house, owner)
    assert (await Browser(house, cookie=f"__Host-passalong={token}").ask("/dashboard")).status == 401
    browser = await sign_in(house, owner)
    assert (await Browser(house).enter(browser.cookie.partition("=")[2])).status == 401
    kept = await house.store.read(lambda tx: [row[0] for row in tx.rows(text("SELECT key_hash FROM web_key"))])
    for each in kept:
        assert (await Browser(house, cookie=f"__Host-passalong={each}").ask("/dashboard")).status == 401
        assert (await Browser(house).enter(each)).status == 401


async def test_a_role_that_is_taken_away_ends_what_it_opened(house: House) -> None:
    """At once, and for links that were not used yet."""
    manager = await add_insider(house, Role.MANAGER)
    browser, token = await sign_in(house, manager), await ask_for_link(house, manager)
    assert [(await browser.ask(path)).status for path in PAGES] == [200] * len(PAGES)
    await house.store.write(roles.set, manager.profile.telegram_id, Role.STAFF)
    assert [(await browser.ask(path)).status for path in CLOSED] == [401] * len(CLOSED)
    assert (await Browser(house).enter(token)).status == 401


async def test_whoever_is_nobody_sees_nothing(house: House) -> None:
    """Neither without a cookie nor with any other; no answer may be kept by anybody."""
    await add_insider(house, name="Zebulon Quatermass")
    for cookie in ("", "__Host-passalong=", "passalong=x", "__Host-passalong=" + "A" * 43):
        for path in CLOSED:
            answer = await Browser(house, cookie=cookie).ask(path)
            assert (answer.status, answer.headers["Cache-Control"]) == (401, "no-store")
            assert "Quatermass" not in answer.text


async def test_a_long_list_is_read_at_its_own_pace(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes to the shop meanwhile waits for none of it; what else is asked for is of a hurry again."""
    browser = await sign_in(house, await add_insider(house))
    await house.store.write(run, text(_MANY.format(5_000)))
    read, paces = house.store.read, list[tuple[bool, bool]]()

    async def note(unit: Any, *arguments: Any, **named: Any) -> Any:
        paces.append((unit is read_part, OWN_PACE.get()))
        return await read(unit, *arguments, **named)

    monkeypatch.setattr(house.store, "read", note)
    assert (await browser.ask("/dashboard/lists/acts.csv")).status == 200
    assert paces.count((True, True)) >= 3
    paces.clear()
    assert (await browser.ask("/dashboard")).status == 200
    assert {pace for _, pace in paces} == {False}


async def test_lists_are_the_owners_to_take_away(house: House) -> None:
    """Managers see pages, and no list; an owner's CSV is for spreadsheets, and its JSON lines for programs."""
    owner, manager = await add_insider(house, name="=1+1"), await add_insider(house, Role.MANAGER)
    browser = await sign_in(house, owner)
    answer = await browser.ask("/dashboard/lists/members.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="members.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))
    assert [row["first_name"] for row in rows] == ["'=1+1", "Rina"]
    lines = (await browser.ask("/dashboard/lists/members.jsonl")).text.splitlines()
    assert json.loads(lines[0])["first_name"] == "=1+1"
    for name in EXPORTS:
        assert (await browser.ask(f"/dashboard/lists/{name}.csv")).status == 200
    for wrong in ("members.xlsx", "members", "nothing.csv", "web_key.csv", ".csv"):
        assert (await browser.ask(f"/dashboard/lists/{wrong}")).status == 404
    other = await sign_in(house, manager)
    assert (await other.ask("/dashboard/lists/members.csv")).status == 404
    assert "/dashboard/lists" not in (await other.ask("/dashboard/members")).text


@pytest.mark.parametrize("language", ["en", "id", "zh"])
async def test_every_page_says_what_there_is_without_a_script(house: House, language: str) -> None:
    """In the reader's language, escaped, with nothing loaded from elsewhere; each chart is an SVG that asks for nothing."""
    owner = await add_insider(house, language=language, name="<script>alert(1)</script>")
    browser = await sign_in(house, owner)
    for path in PAGES:
        page = await browser.ask(path)
        assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
        assert f'<html lang="{language}">' in page.text
        assert "<script>alert" not in page.text
        assert page.text.count("<h1>") == 1
        assert not [link for link in find_links(page.text) if not link.startswith(("/", "#"))]
        for chart in [link for link in find_links(page.text) if "/charts/" in link]:
            drawn = await browser.ask(chart)
            assert (drawn.status, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
            assert b"<script" not in drawn.body
            assert b'xlink:href="http' not in drawn.body


async def test_what_came_of_messages_to_many_stands_on_their_page(house: House) -> None:
    """As a row and as bars; a message's own words do nothing there."""
    owner = await add_insider(house)
    browser = await sign_in(house, owner)
    assert "/charts/broadcasts" not in (await browser.ask("/dashboard/broadcasts")).text

    def send(tx: Tx) -> None:
        of = broadcasts.add(tx, owner.id).id
        broadcasts.set_content(tx, of, {"text": "<i>Warm</i> bread"})
        broadcasts.set_started(tx, of, due_at=0, joined_upto=None)

    await house.store.write(send)
    page = (await browser.ask("/dashboard/broadcasts")).text
    assert "&lt;i&gt;Warm&lt;/i&gt; bread" in page
    assert "/dashboard/charts/broadcasts" in find_links(page)
    chart = (await browser.ask("/dashboard/charts/broadcasts")).text
    assert re.search("<text[^>]*>&lt;i&gt;Warm", chart), "its first words stand beside its bar"


async def test_what_members_asked_stands_on_its_page(house: House, clock: Clock) -> None:
    """How many, how many of them are not closed, and how long an answer took, once there are enough."""
    owner = await add_insider(house)
    browser = await sign_in(house, owner)
    begun = (await browser.ask("/dashboard/tickets")).text
    assert begun.count("too few to tell") == 2
    members = [await house.add_member(f"Guest{number}") for number in range(LEAST_FIGURES)]

    def ask(tx: Tx) -> None:
        for each in members:
            tickets.add(tx, each.id, About.ASKED, due_at=tx.now + 1, look_at=tx.now + 1)

    def answer(tx: Tx) -> None:
        for row in tickets.list_waiting(tx, limit=9):
            tickets.save(tx, replace(row, state=TicketState.CLOSED, answered_at=tx.now, closed_at=tx.now))

    await house.store.write(ask)
    clock.advance(3 * 3600)
    asked = (await browser.ask("/dashboard/tickets")).text
    assert find_figures(asked) == {"Not closed yet": "5", "Asked in 28 days": "5", **dict.fromkeys(SPANS, FEW)}
    await house.store.write(answer)
    answered = (await browser.ask("/dashboard/tickets")).text
    spans = dict(zip(SPANS, ("3 hours", FEW), strict=True))
    assert find_figures(answered) == {"Not closed yet": "0", "Asked in 28 days": "5", **spans}
    assert answered.count(">closed<") == LEAST_FIGURES


async def test_browsers_hear_of_what_changes(house: House) -> None:
    """A stream begins with a word, and says another once a member has come."""
    browser = await sign_in(house, await add_insider(house))
    headers = {"Cookie": browser.cookie}
    async with house.session.get(f"{house.url}/dashboard/live", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        first = await _read_word(answer.content.readline)
        await house.add_member("Budi")
        assert await asyncio.wait_for(_read_word(answer.content.readline), 60) != first


async def test_a_long_list_has_the_time_it_takes(sqlite_url: str, clock: Clock) -> None:
    """A reader who is slower than any other request may be gets all of it; one that gets a page is hung up on as ever."""
    rows = 60_000
    patience = Patience(request_seconds=0.5)
    async with open_store(sqlite_url, clock=clock) as store, open_house(store, clock=clock, patience=patience) as house:
        browser = await sign_in(house, await add_insider(house))
        await store.write(run, text(_MANY.format(rows)))
        reader, writer = await house.connect()
        writer.write(
            f"GET /dashboard/lists/acts.jsonl HTTP/1.1\r\nHost: x\r\nCookie: {browser.cookie}\r\n\r\n".encode()
        )
        await asyncio.sleep(1.5)
        told = b""
        async with asyncio.timeout(120):
            while not told.endswith(b"\r\n0\r\n\r\n") and (more := await reader.read(1 << 20)):
                told += more
        writer.close()
        assert told.count(b'"act":') == rows


async def test_a_store_that_is_away_is_no_fault_of_the_visitors(house: House) -> None:
    """They are told to come again."""
    browser = await sign_in(house, await add_insider(house))
    await house.store.write(run, text("ALTER TABLE web_key RENAME TO gone"))
    assert (await browser.ask("/dashboard")).status == 503


async def test_hostile_requests_are_answered_without_a_fault(house: House) -> None:
    """Whatever is in path, cookie and form: never 5xx, never a page for somebody who is nobody."""
    owner = await add_insider(house)
    browser, chance = await sign_in(house, owner), random.Random(7)
    letters = "aZ0-_.%/\\?#&=;:'\"<>{}[]()@!$^*+~`| \u00e9\u4e2d\U0001f600"
    for number in range(300):
        noise = "".join(chance.choice(letters) for _ in range(chance.randrange(1, 60)))
        path = "/dashboard/" + chance.choice(["", "enter/", "charts/", "lists/", "live/"]) + _quote(noise)
        method = chance.choice(["GET", "GET", "POST", "HEAD", "PUT"])
        body = f"token={_quote(noise)}" if method == "POST" else ""
        who = browser if number % 2 else Browser(house, cookie=f"__Host-passalong={_quote(noise)}")
        answer = await who.ask(path, method=method, body=body)
        assert answer.status < 500, (method, path)
        answer = await Browser(house).enter(_quote(noise))
        assert answer.status in {400, 401, 413}


def find_figures(page: str) -> dict[str, str]:
    """What stands in large letters, by what it is."""
    return dict(re.findall("<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))


async def _read_word(readline: Callable[[], object]) -> str:
    while True:
        line = await readline()  # type: ignore[misc]  # aiohttp's
        if line.startswith(b"data: "):
            return str(line.decode().strip())


def _quote(noise: str) -> str:
    return quote(noise, safe="-_.")

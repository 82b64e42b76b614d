"""One port, many shops: each by its address, and nothing of one means anything at another."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.web.hosting import Crossed
from tests.storage.clock import Clock
from tests.web.house import PREVIEW, UNKNOWN, Answer
from tests.web.insiders import Browser, add_insider, ask_for_link, find_links, sign_in
from tests.web.street import WATCHER, Street, open_street

HOST = "https://share.example.org"
SHOPS = {"oven": f"{HOST}/oven", "oven-2": f"{HOST}/oven-2", "tea": "https://tea.example.org"}
CODE = "AbCdEfGh12"
MEMBERS_PATHS = [f"/r/{CODE}-fwd", f"/s/{CODE}"]


@pytest.fixture
async def street(tmp_path: Path, migrated_sqlite: Path, clock: Clock) -> AsyncIterator[Street]:
    """Two shops that share a host, one's path the beginning of the other's, and one with a host to itself."""
    urls = {name: f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / f'{name}.db')}" for name in SHOPS}
    async with open_street(urls, SHOPS, clock) as opened:
        for name, house in opened.houses.items():
            await house.add_member(name.title(), code=CODE)
        yield opened


def host_of(name: str) -> str:
    """What browsers call the shop's host."""
    return SHOPS[name].removeprefix("https://").partition("/")[0]


async def ask_as_browsers_do(street: Street, name: str, path: str, agent: str = PREVIEW) -> str:
    """The page of a shop, asked for by its host as a proxy hands it on."""
    answer = await street.houses[name].ask(path, agent=agent, Host=host_of(name))
    assert answer.status == 200, (path, answer.text)
    return answer.text


async def test_each_shop_is_found_by_host_and_path(street: Street) -> None:
    """The same code is another member's at another shop; a path that only begins alike is another shop's."""
    for name, house in street.houses.items():
        sent = await house.ask(f"/r/{CODE}-fwd", Host=host_of(name))
        assert sent.headers["Location"].startswith(f"https://t.me/{name}_bot?start={CODE}"), name
        assert name.title() in await ask_as_browsers_do(street, name, f"/r/{CODE}")


async def test_whatever_a_page_loads_or_leads_to_lies_at_its_own_shop(street: Street) -> None:
    """Pages, pictures, style, script and beacon: under the shop's path all of them, and there they are."""
    house = street.houses["oven"]
    for path in MEMBERS_PATHS:
        page = await ask_as_browsers_do(street, "oven", path)
        own = [each for each in find_links(page) if each.startswith("/")]
        assert own
        assert all(each.startswith("/oven/") for each in own), own
        assert set(re.findall(r'data-shared="([^"]*)"', page)) <= {f"/oven/s/{CODE}/shared"}
        pictured = re.findall(r'property="og:(?:image|url)" content="([^"]*)"', page)
        assert all(each.startswith(f"{HOST}/oven/") for each in pictured), pictured
        for each in own:
            assert (await street.process.ask(each, Host=host_of("oven"))).status == 200, each
    told = await house.ask(f"/s/{CODE}/shared?way=copy", method="POST", Sec_Fetch_Site="same-origin")
    assert told.status == 204
    assert (await house.ask(f"/s/{CODE}/shared?way=copy", method="POST", Origin=HOST)).status == 204
    assert (await house.ask(f"/s/{CODE}/shared?way=copy", method="POST", Origin=f"{HOST}/oven")).status == 403


async def test_a_lost_piece_is_told_in_the_readers_language(street: Street) -> None:
    """Whether it was a shop's or nobody's; a browser that asks for none that is spoken reads the shop's own."""
    for asked, read in (("zh-CN,en;q=0.5", "zh"), ("id", "id"), ("fr", "en"), ("", "en")):
        for path in ("/oven/nothing", "/nowhere"):
            answer = await street.process.ask(path, Host="share.example.org", Accept_Language=asked)
            assert (answer.status, f'lang="{read}"' in answer.text) == (404, True), (asked, path)


async def test_a_proxy_may_cut_the_path_off_where_the_host_says_whose_it_is(street: Street) -> None:
    """Of a shop with a host to itself; where two share one, a bare path is nobody's."""
    assert (await street.process.ask(f"/r/{CODE}", Host="tea.example.org")).status == 302
    assert (await street.process.ask(f"/r/{CODE}", Host="share.example.org")).status == 404


async def test_a_host_that_nobody_knows_is_a_proxys(street: Street) -> None:
    """Nginx says its own name to what stands behind it: then the path decides, where it can."""
    sent = await street.houses["oven"].ask(f"/r/{CODE}")
    assert "oven_bot" in sent.headers["Location"]
    for host in ("", "a[b", "x" * 300, "oven", "127.0.0.1:80:80"):
        assert (await street.houses["oven"].ask(f"/r/{CODE}", Host=host)).status in {302, 400}, host


async def test_nobodys_path_is_nobodys_page(street: Street) -> None:
    """A page with the usual headers, in the reader's language, that names no shop."""
    for path in ("/oven-3/r/x", "/ovens", "/oven/../tea", "/%2foven", "//oven"):
        answer = await street.process.ask(path, Host="share.example.org", Accept_Language="id,en;q=0.5")
        assert (answer.status, 'lang="id"' in answer.text, "_bot" in answer.text) == (404, True, False), path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        await assert_dressed(street, answer, "share.example.org")


@pytest.mark.parametrize("name", ["oven", "tea"])
async def test_a_shop_that_is_away_asks_its_visitors_to_come_again(street: Street, name: str) -> None:
    """In the reader's language, in a page that has its style, also where nothing else is served at that host; others go on."""
    left = {each: deps for each, deps in street.site.shops.items() if each != name}
    street.site.show(left, {name: SHOPS[name]})
    answer = await street.houses[name].ask(f"/r/{CODE}", Host=host_of(name), Accept_Language="zh-CN")
    assert (answer.status, answer.headers["Retry-After"], 'lang="zh"' in answer.text) == (503, "5", True)
    assert "暂时打不开" in answer.text
    await assert_dressed(street, answer, host_of(name))
    assert (await street.houses["oven-2"].ask(f"/r/{CODE}")).status == 302


async def assert_dressed(street: Street, answer: Answer, host: str) -> None:
    """Whatever a page loads is there."""
    own = find_links(answer.text)
    assert len(own) >= 2
    for each in own:
        found = await street.process.ask(each, Host=host)
        assert (found.status, found.headers["Content-Type"].partition(";")[0]) in {
            (200, "text/css"),
            (200, "image/svg+xml"),
        }


async def test_the_dashboard_is_at_home_under_a_path(street: Street) -> None:
    """Its cookie goes to its own shop alone, and every address on its pages lies there."""
    house = street.houses["oven"]
    browser, token = Browser(house), await ask_for_link(house, await add_insider(house))
    entered = await browser.enter(token)
    assert (entered.status, entered.headers["Location"]) == (303, "/oven/dashboard")
    cookie = entered.headers["Set-Cookie"].lower()
    assert cookie.startswith("__secure-passalong=")
    assert {"path=/oven", "secure", "httponly", "samesite=strict"} <= {each.strip() for each in cookie.split(";")}
    page = (await browser.ask("/dashboard")).text
    own = [each for each in find_links(page) if not each.startswith(("https:", "#"))]
    assert all(each.startswith("/oven/") for each in own), own
    assert 'data-live="/oven/dashboard/live"' in page
    asked = [(each, await street.process.ask(each, Cookie=browser.cookie)) for each in own if "/leave" not in each]
    assert [each for each, answer in asked if answer.status != 200] == []


async def test_nothing_of_one_shop_opens_another(street: Street) -> None:
    """Sessions and links are rows of one store: elsewhere they are nobody's, whatever the cookie is called."""
    oven, other = street.houses["oven"], street.houses["oven-2"]
    browser = await sign_in(oven, await add_insider(oven))
    stray = Browser(other, cookie=browser.cookie)
    assert (await stray.ask("/dashboard")).status == 401
    token = await ask_for_link(oven, await add_insider(oven, name="Sari"))
    assert (await Browser(other).enter(token)).status == 401
    assert (await Browser(oven).enter(token)).status == 303


async def test_the_process_has_doors_of_its_own(street: Street) -> None:
    """Health and figures of all shops, told apart by name; crawlers ask once a host."""
    assert (await street.process.ask("/healthz")).text == "ok\n"
    assert (await street.process.ask("/metrics")).status == 401
    shown = await street.process.ask("/metrics", Authorization=f"Bearer {WATCHER}")
    labelled = {
        sample.labels.get("shop")
        for family in text_string_to_metric_families(shown.text)
        for sample in family.samples
        if family.name != "passalong_info"
    }
    assert labelled == set(SHOPS)
    robots = (await street.process.ask("/robots.txt")).text
    assert {"Disallow: /oven/s/", "Disallow: /s/", "Allow: /oven-2/r/"} <= set(robots.splitlines())


async def test_shops_come_and_go_while_the_port_stays(street: Street) -> None:
    """Who has gone is nobody; who stays is not built anew; two at one address are refused, and what was there goes on."""
    site, left = street.site, {name: each for name, each in street.site.shops.items() if name != "oven-2"}
    site.show(left)
    assert (await street.houses["oven-2"].ask(f"/r/{CODE}")).status == 404
    assert (await street.houses["oven"].ask(f"/r/{CODE}")).status == 302
    with pytest.raises(Crossed, match="oven and copy"):
        site.show({**left, "copy": left["oven"]})
    assert (await street.houses["oven"].ask(f"/r/{CODE}")).status == 302
    site.show({})
    assert (await street.houses["oven"].ask(f"/r/{CODE}")).status == 404
    assert (await street.process.ask("/healthz")).status == 200


async def test_one_sick_shop_takes_nobody_elses_doors_away(street: Street) -> None:
    """The process is well while any shop can write, and says how many can."""
    street.houses["oven"].store.close()
    answers = [await street.process.ask("/healthz") for _ in SHOPS]
    assert {answer.status for answer in answers} == {200}
    assert answers[-1].text == "2 of 3 shops can write\n"
    assert (await street.houses["tea"].ask(f"/r/{UNKNOWN}", Host="tea.example.org")).status == 302


async def test_a_process_that_can_write_for_nobody_is_unwell(street: Street) -> None:
    """One look is enough to tell: where one shop's database is away, all are asked."""
    for house in street.houses.values():
        house.store.close()
    answer = await street.process.ask("/healthz")
    assert (answer.status, answer.text) == (503, "0 of 3 shops can write\n")

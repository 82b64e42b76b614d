from __future__ import annotations

import asyncio
import random
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.links import ALPHABET, CODE_LENGTH, CODES, compose_code, parse_payload
from bot.messages.sharing.networks import CHAT_NETWORKS, NETWORKS, X_LIMIT, compose_address, list_networks
from bot.messages.texts import LANGUAGES, Texts
from bot.services.visiting import note_page_share
from storage.tables import shares
from tests.thinning import thin
from tests.web.house import PUBLIC, UNKNOWN, House, make_shop

HOSTS = {
    "whatsapp": "wa.me",
    "x": "twitter.com",
    "facebook": "www.facebook.com",
    "line": "social-plugins.line.me",
    "vk": "vk.com",
    "weibo": "service.weibo.com",
    "qq": "connect.qq.com",
}
SAME_ORIGIN = {"Sec_Fetch_Site": "same-origin"}


class Page(HTMLParser):
    """The tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read one tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def list_tags(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all tags of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def find_links(address: str) -> list[str]:
    """Every link that an address carries to its network."""
    values = parse_qs(urlsplit(address).query)
    return [link for texts in values.values() for text in texts for link in re.findall(r"https://[^\s/]+/r/\S+", text)]


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Share Little Oven"), ("id", "Bagikan Oven Mungil"), ("zh", "分享小炉面包房")]
)
async def test_the_page_speaks_the_members_language(house: House, language: str, title: str) -> None:
    """The card on top, every network below, in the member's words."""
    member = await house.add_member(language=language)
    answer = await house.ask(f"/s/{member.code}")
    assert answer.status == 200
    assert f"<h1>{title}</h1>" in answer.text
    page = Page(answer.text)
    assert page.list_tags("html")[0]["lang"] == language
    assert page.list_tags("img")[0]["src"] == f"/c/{member.code}.jpg"
    assert page.list_tags("img")[0]["alt"]
    ways = [tag["data-way"] for tag in page.list_tags("a") if "data-way" in tag]
    assert sorted(ways) == sorted([*NETWORKS, "wechat"])


async def test_it_is_a_page_of_links_without_a_script(house: House) -> None:
    """Every network is a plain link, the picture can be saved, the link be copied by hand; what needs a script hides."""
    member = await house.add_member()
    page = Page((await house.ask(f"/s/{member.code}")).text)
    links = {tag["data-way"]: tag["href"] for tag in page.list_tags("a") if tag.get("data-way") in NETWORKS}
    for network, address in links.items():
        assert find_links(address) == [f"{PUBLIC}/r/{member.code}-{network}"]
    assert all("hidden" in button for button in page.list_tags("button"))
    save = next(tag for tag in page.list_tags("a") if tag.get("id") == "save")
    assert (save["href"], save["download"]) == (f"/c/{member.code}.square.jpg", "card.jpg")
    assert page.list_tags("input")[0]["value"] == f"{PUBLIC}/r/{member.code}-page"
    assert not any(name.startswith("on") or name == "style" for _, tag in page.tags for name in tag)


async def test_the_page_is_light(house: House) -> None:
    """Everything before the picture is less than 100 kB, by far."""
    member = await house.add_member(language="zh")
    answer = await house.ask(f"/s/{member.code}")
    needed = re.findall(r'(?:href|src)="(/assets/[^"]+)"', answer.text)
    assert len(needed) == 3
    sheets = [await house.ask(path) for path in needed]
    assert all("immutable" in sheet.headers["Cache-Control"] for sheet in sheets)
    assert "immutable" not in (await house.ask("/assets/site.css")).headers["Cache-Control"]
    assert len(answer.body) + sum(len(sheet.body) for sheet in sheets) < 30_000


async def test_nobodys_page_shares_the_shop(house: House) -> None:
    """A code that no member has shows the same sort of page, which leads to the bot alone."""
    member = await house.add_member("Rina")
    known, unknown = await house.ask(f"/s/{member.code}"), await house.ask(f"/s/{UNKNOWN}")
    assert (unknown.status, unknown.headers.keys()) == (known.status, known.headers.keys())
    assert UNKNOWN not in unknown.text
    assert member.code not in unknown.text
    assert Page(unknown.text).list_tags("input")[0]["value"] == f"{PUBLIC}/"


@pytest.mark.parametrize("language", thin(LANGUAGES, 1))
def test_every_way_carries_the_members_own_link(language: str) -> None:
    """A thousand members, every network: the link that arrives is that member's, and says how it travelled."""
    draw, shop, texts = random.Random(3), make_shop(), Texts(language)
    for _ in range(1000):
        code = compose_code(draw.randrange(CODES), bytes(16))
        for network in list_networks(language):
            links = find_links(compose_address(texts, shop, code, network))
            payloads = [parse_payload(link.partition("/r/")[2]) for link in links]
            assert [(payload and payload.code, payload and payload.source) for payload in payloads] == [(code, network)]


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.long)])
async def test_many_links_lead_to_the_right_member(house: House, count: int) -> None:
    """Over the wire: each member's short link, by each way in turn, leads to the bot with that member's code."""
    draw, ways = random.Random(4), [*NETWORKS, "page", "copy", "qr", ""]
    codes = [compose_code(draw.randrange(CODES), bytes(16)) for _ in range(count)]
    await asyncio.gather(*(house.add_member(f"Member {number}", code=code) for number, code in enumerate(codes)))

    async def follow(number: int, code: str) -> None:
        way = ways[number % len(ways)]
        answer = await house.ask(urlsplit(house.deps.shop.short_link(code, way)).path)
        assert answer.headers["Location"] == f"https://t.me/oven_bot?start={code}-{way or 'web'}"

    await asyncio.gather(*(follow(number, code) for number, code in enumerate(codes)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_network_is_asked_in_its_own_way(language: str) -> None:
    """Known hosts on https; mail and messages by the schemes that telephones open; nothing that does not decode."""
    shop, texts = make_shop(), Texts(language)
    for network in NETWORKS:
        parts = urlsplit(compose_address(texts, shop, "A" * CODE_LENGTH, network))
        if network in HOSTS:
            assert (parts.scheme, parts.hostname) == ("https", HOSTS[network])
        else:
            assert parts.scheme == {"mail": "mailto", "sms": "sms"}[network]
        values = parse_qs(parts.query)
        assert all("%" not in value for each in values.values() for value in each)
    assert set(list_networks(language)) == set(NETWORKS)
    assert set(CHAT_NETWORKS) < set(HOSTS)
    assert ALPHABET.isalnum()


def test_a_post_on_x_is_never_too_long() -> None:
    """Chinese counts double there: where story and offer are too long together, the story's line goes alone."""
    for language in LANGUAGES:
        address = compose_address(Texts(language), make_shop(), "A" * CODE_LENGTH, "x")
        text = parse_qs(urlsplit(address).query)["text"][0]
        assert sum(1 if char < "\u1100" else 2 for char in text) <= X_LIMIT


async def test_going_on_from_the_page_is_counted(house: House) -> None:
    """As a share by the page, for the member, whatever the network."""
    member = await house.add_member()
    for way in ("whatsapp", "sheet", "wechat"):
        answer = await house.ask(f"/s/{member.code}/shared?way={way}", method="POST", **SAME_ORIGIN)
        assert (answer.status, answer.body) == (204, b"")
    assert await house.read(shares.count_by_way) == {"page": 3}


async def test_only_our_own_page_can_count(house: House) -> None:
    """Another site's script, a form, a way that is none and a code that is nobody's count nothing."""
    member = await house.add_member()
    path = f"/s/{member.code}/shared"
    foreign = [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "none"}, {"Origin": "https://evil.example"}, {}]
    for headers in foreign:
        assert (await house.ask(f"{path}?way=x", method="POST", **headers)).status == 403
    assert (await house.ask(f"{path}?way=x", method="GET", **SAME_ORIGIN)).status == 405
    assert (await house.ask(f"{path}?way=carrier-pigeon", method="POST", **SAME_ORIGIN)).status == 400
    assert (await house.ask(path, method="POST", **SAME_ORIGIN)).status == 400
    assert (await house.ask(f"/s/{UNKNOWN}/shared?way=x", method="POST", **SAME_ORIGIN)).status == 204
    assert await house.read(shares.count_by_way) == {}
    assert (await house.ask(f"{path}?way=x", method="POST", Origin=PUBLIC)).status == 204
    assert await house.read(shares.count_by_way) == {"page": 1}
    assert not await house.store.write(note_page_share, code=UNKNOWN)


async def test_counting_has_an_end(house: House) -> None:
    """One visitor cannot make a member look busier than anybody is."""
    member = await house.add_member()
    statuses = [
        (await house.ask(f"/s/{member.code}/shared?way=x", method="POST", **SAME_ORIGIN)).status for _ in range(30)
    ]
    assert statuses.count(204) == 20
    assert set(statuses[20:]) == {429}
    assert await house.read(shares.count_by_way) == {"page": 20}
